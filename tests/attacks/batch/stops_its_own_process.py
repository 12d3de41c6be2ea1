"""Must not make the grader wait for ever by stopping itself."""

import os
import signal


def strike():
    os.kill(os.getpid(), signal.SIGSTOP)
