"""Must not keep others from being graded by stopping the process it was forked from."""

import os
import signal


def strike():
    os.kill(os.getppid(), signal.SIGSTOP)
