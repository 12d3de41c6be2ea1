"""Must not earn points by hanging up."""

import os
import time


def strike():
    os.closerange(3, 64)
    time.sleep(600)
