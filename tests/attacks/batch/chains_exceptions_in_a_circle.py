"""Must not send the grader in circles."""


def strike():
    one, two = ValueError("one"), OSError("two")
    one.__context__, two.__context__ = two, one
    raise one
