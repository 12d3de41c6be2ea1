"""Must not read the environment of another process."""

from targets import BYSTANDER


def attack():
    return open(f"/proc/{BYSTANDER}/environ").read()
