"""Must not find the door through which workers are asked for."""

import json
import os
import socket


def attack():
    for descriptor in range(3, 256):
        try:
            door = socket.socket(fileno=os.dup(descriptor))
        except OSError:
            continue
        if door.type == socket.SOCK_SEQPACKET:
            door.send(json.dumps({"ended": os.getpid()}).encode())
            return descriptor
    return None
