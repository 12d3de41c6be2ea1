"""Must not crash by a deep recursion that it asked for."""

import sys

sys.setrecursionlimit(10**9)


def strike():
    strike()
