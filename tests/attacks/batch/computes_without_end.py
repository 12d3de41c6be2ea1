"""Must not make the grader wait for ever."""


def strike():
    while True:
        pass
