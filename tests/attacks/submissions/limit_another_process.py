"""Must not change the limits of another process."""

import resource

from targets import BYSTANDER


def attack():
    return bool(resource.prlimit(BYSTANDER, resource.RLIMIT_NOFILE, (9, 9)))
