"""Must not reach a unix socket in the file system."""

import socket

from targets import UNIX


def attack():
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(UNIX)
    return channel.send(b"hello")
