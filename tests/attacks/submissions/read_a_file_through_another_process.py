"""Must not reach the file system of another process."""

from targets import SECRET, BYSTANDER


def attack():
    return open(f"/proc/{BYSTANDER}/root{SECRET}").read()
