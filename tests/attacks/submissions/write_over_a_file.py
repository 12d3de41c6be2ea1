"""Must not write over a file."""

from targets import SECRET


def attack():
    return open(SECRET, "r+").write("x")
