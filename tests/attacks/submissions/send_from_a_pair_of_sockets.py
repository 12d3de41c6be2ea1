"""Must not reach others from a socket that needs no `socket` call."""

import socket

from targets import UNIX_DATAGRAM


def attack():
    one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return one.sendto(b"hello", UNIX_DATAGRAM)
