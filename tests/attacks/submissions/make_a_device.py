"""Must not make a device, as root can."""

import os
import stat

from targets import PRECIOUS


def attack():
    os.mknod(PRECIOUS + "/device", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
    return True
