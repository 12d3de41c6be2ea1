"""Must not take the grader along when its process aborts."""

import os


def strike():
    os.abort()
