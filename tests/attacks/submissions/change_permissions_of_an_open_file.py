"""Must not change the permissions of what it has open."""

import os
import numpy


def attack():
    os.fchmod(os.open(numpy.__file__, os.O_RDONLY), 0o644)
    return True
