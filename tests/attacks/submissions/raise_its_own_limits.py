"""Must not raise its own limits."""

import resource


def attack():
    resource.setrlimit(resource.RLIMIT_CPU, (9999, 9999))
    return True
