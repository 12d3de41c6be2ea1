"""Must not send a datagram."""

import socket

from targets import UDP


def attack():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ("127.0.0.1", UDP))
