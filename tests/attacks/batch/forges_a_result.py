"""Must not have a result of its own making taken for a later call's."""

import os
import struct

import msgspec


def strike():
    header = msgspec.msgpack.encode({"type": "Returned", "id": 1, "outputs": [], "changed": []})
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack("<IQ", len(header), 0) + header)
        except OSError:
            pass
