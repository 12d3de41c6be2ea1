"""Must not have anything unpickled."""

import os
import pickle
import struct


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("unpickled",)


def strike():
    body = pickle.dumps(Bomb())
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack("<IQ", len(body), 0) + body)
        except OSError:
            pass
