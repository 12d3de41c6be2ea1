"""Must not reach others by `sendmsg`."""

import socket

from targets import UNIX_DATAGRAM


def attack():
    one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return one.sendmsg([b"hello"], [], 0, UNIX_DATAGRAM)
