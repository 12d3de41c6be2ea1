"""Must not change numpy for those who come after."""

import numpy


def attack():
    return open(numpy.__file__, "a").close() is None
