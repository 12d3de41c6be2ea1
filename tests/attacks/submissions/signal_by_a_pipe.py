"""Must not have the kernel signal another process when a pipe is ready."""

import fcntl
import os
import signal

from targets import BYSTANDER


def attack():
    reading, writing = os.pipe()
    fcntl.fcntl(reading, fcntl.F_SETOWN, BYSTANDER)
    fcntl.fcntl(reading, 10, signal.SIGTERM)
    fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC)
    os.write(writing, b"x")
    return True
