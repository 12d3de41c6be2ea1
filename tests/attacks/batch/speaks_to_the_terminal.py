"""Must not send control sequences to whoever reads the report."""


def strike():
    raise ValueError("\x1b[2J\x1b]0;owned\x07\u202etxt\x9b31m\r10 of 10")
