"""Must not run a shell."""

import os

from targets import PRECIOUS


def attack():
    return os.system(f"echo x > {PRECIOUS}/shell") == 0
