"""Must not leave a process behind."""

import os
import time

from targets import PRECIOUS


def attack():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            open(PRECIOUS + "/daemon", "w").write("x")
            time.sleep(20)
        os._exit(0)
    time.sleep(0.5)
    return True
