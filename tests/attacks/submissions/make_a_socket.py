"""Must not make a unix socket in a folder."""

import socket

from targets import PRECIOUS


def attack():
    socket.socket(socket.AF_UNIX).bind(PRECIOUS + "/socket")
    return True
