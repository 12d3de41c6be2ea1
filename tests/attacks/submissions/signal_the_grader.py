"""Must not send its grader a signal."""

import os
import signal

from targets import GRADER


def attack():
    os.kill(GRADER, signal.SIGCONT)
    return True
