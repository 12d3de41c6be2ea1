"""Must not read a file of the user who grades."""

from targets import SECRET


def attack():
    return open(SECRET).read()
