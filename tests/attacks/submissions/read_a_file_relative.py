"""Must not climb out of its folder."""

from targets import SECRET


def attack():
    return open('../' * 40 + SECRET).read()
