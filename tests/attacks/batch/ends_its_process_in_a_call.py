"""Must not earn points by ending its process as if all were well."""

import os


def strike():
    os._exit(0)
