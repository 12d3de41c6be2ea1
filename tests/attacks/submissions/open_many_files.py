"""Must not hold more descriptors than are allowed."""

import os


def attack():
    held = []
    try:
        while len(held) < 1000:
            held.append(os.dup(1))
    except OSError:
        pass
    for descriptor in held:
        os.close(descriptor)
    return len(held) > 64
