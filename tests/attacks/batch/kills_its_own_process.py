"""Must not take the grader along when it kills itself."""

import os


def strike():
    os.kill(os.getpid(), 9)
