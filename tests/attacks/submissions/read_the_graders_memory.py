"""Must not open the memory of the grader."""

from targets import GRADER


def attack():
    return open(f"/proc/{GRADER}/mem", "rb").fileno()
