"""Must not lower the priority of all processes of the user."""

import os

from targets import BYSTANDER


def attack():
    os.setpriority(os.PRIO_PROCESS, BYSTANDER, 19)
    return True
