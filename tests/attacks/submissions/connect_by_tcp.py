"""Must not open a connection."""

import socket

from targets import TCP


def attack():
    return socket.create_connection(("127.0.0.1", TCP), 2).send(b"hello")
