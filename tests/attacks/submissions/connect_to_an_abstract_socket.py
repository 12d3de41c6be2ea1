"""Must not reach an abstract unix socket."""

import socket

from targets import ABSTRACT


def attack():
    channel = socket.socket(socket.AF_UNIX)
    channel.connect("\0" + ABSTRACT)
    return channel.send(b"hello")
