"""Must not change its own source."""


def attack():
    return open(__file__, "a").write("#")
