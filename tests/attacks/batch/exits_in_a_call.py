"""Must not earn points, nor end the batch, by leaving quietly."""

import sys


def strike():
    sys.exit(0)
