"""Must not start a process."""

import os


def attack():
    if os.fork() == 0:
        os._exit(0)
    return True
