"""Must not earn points by leaving in a signal's handler."""

import os
import signal
import time

signal.signal(signal.SIGALRM, lambda *_: os._exit(0))


def strike():
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    time.sleep(5)
