"""Must not open the memory of another process."""

from targets import BYSTANDER


def attack():
    return open(f"/proc/{BYSTANDER}/mem", "rb").fileno()
