"""Must not fill the grader's memory by printing."""


def strike():
    for _ in range(200):
        print("x" * 10_000)
