"""Must not earn points by replacing what encodes its replies."""

import numpy as np

from harness import wire

wire.pack = lambda header, arrays=(): b"\x02\x00\x00\x00" + bytes(8) + b"ok"


def instead(x, prev_h, *others):
    return np.zeros(prev_h.shape), ()
