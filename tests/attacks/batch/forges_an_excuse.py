"""Must not be excused for what it does not do."""

import os
import struct

import msgspec


def strike():
    header = msgspec.msgpack.encode(
        {"type": "Raised", "id": 0, "failure": {"kind": "OSError", "message": "", "unwritable": "a.txt"}}
    )
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack("<IQ", len(header), 0) + header)
        except OSError:
            pass
