"""Must not append to a file."""

from targets import SECRET


def attack():
    return open(SECRET, "a").write("x")
