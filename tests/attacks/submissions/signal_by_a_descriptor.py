"""Must not signal through a descriptor of a process."""

import os
import signal

from targets import BYSTANDER


def attack():
    signal.pidfd_send_signal(os.pidfd_open(BYSTANDER), signal.SIGTERM)
    return True
