"""Must not make a file outside its folder."""

from targets import PRECIOUS


def attack():
    return open(PRECIOUS + "/new", "w").write("x")
