"""Must not stop another process."""

import os
import signal

from targets import BYSTANDER


def attack():
    os.kill(BYSTANDER, signal.SIGSTOP)
    return True
