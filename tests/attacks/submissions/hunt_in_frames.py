"""Must not find an answer in the frames that called it."""

import sys

from targets import MARK


def attack():
    frame = sys._getframe()
    while frame is not None:
        for name, value in {**frame.f_globals, **frame.f_locals}.items():
            if name in ("expected", "truth", "truths", "oracle", "bank") or (isinstance(value, str) and MARK in value[:99]):
                if name != "MARK":
                    return name
        frame = frame.f_back
    return None
