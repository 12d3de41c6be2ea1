"""Must not end the process it was forked from."""

import os


def strike():
    os.kill(os.getppid(), 9)
