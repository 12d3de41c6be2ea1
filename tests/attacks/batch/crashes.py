"""Must not take the grader along when its process crashes."""

import ctypes


def strike():
    ctypes.string_at(0)
