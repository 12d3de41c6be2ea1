"""Must not move another process to one core."""

import os

from targets import BYSTANDER


def attack():
    os.sched_setaffinity(BYSTANDER, {min(os.sched_getaffinity(0))})
    return True
