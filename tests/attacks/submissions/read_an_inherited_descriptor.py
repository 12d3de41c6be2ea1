"""Must not find a descriptor that the grader left open."""

import os

from targets import MARK


def attack():
    for descriptor in range(3, 256):
        try:
            if MARK.encode() in os.pread(descriptor, 1000, 0):
                return descriptor
        except OSError:
            pass
    return None
