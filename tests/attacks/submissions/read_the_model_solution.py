"""Must not read the model solution."""

from targets import REFERENCE


def attack():
    return open(REFERENCE).read()
