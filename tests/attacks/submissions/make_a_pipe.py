"""Must not make a named pipe."""

import os

from targets import PRECIOUS


def attack():
    os.mkfifo(PRECIOUS + "/pipe")
    return True
