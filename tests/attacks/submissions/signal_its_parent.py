"""Must not send the process it was forked from a signal."""

import os
import signal


def attack():
    parent = os.getppid()
    if parent:
        os.kill(parent, signal.SIGCONT)
    return parent
