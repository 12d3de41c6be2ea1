"""Must not earn points by leaving when an object is collected."""

import os


class Last:
    def __del__(self):
        os._exit(0)


def strike():
    Last()
