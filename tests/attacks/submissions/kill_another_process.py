"""Must not end another process."""

import os
import signal

from targets import BYSTANDER


def attack():
    os.kill(BYSTANDER, signal.SIGTERM)
    return True
