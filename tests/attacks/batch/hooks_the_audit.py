"""Must not see or stop what the worker does by an audit hook."""

import sys

import numpy as np


def _hook(event, arguments):
    if event in ("open", "import", "socket.connect"):
        raise RuntimeError(event)


sys.addaudithook(_hook)


def instead(x, prev_h, *others):
    return np.zeros(prev_h.shape), ()
