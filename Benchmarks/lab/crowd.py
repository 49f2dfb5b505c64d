"""Thousands of connections that do nothing: what each of them costs, and whether all are still there afterwards."""

import os
import socket
import time

from .candidates import Candidate, Lab
from .tools import load

HANDSHAKE = (
    "GET /socket HTTP/1.1\r\nHost: localhost\r\n{credentials}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n{credentials}\r\n\r\n"


def connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), 20)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def read_head(connection: socket.socket) -> bytes:
    """What came, up to the end of the head at least."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(65536)
        if not more:
            raise ConnectionError("closed before the head was complete")
        received += more
    return received


def fetch(connection: socket.socket, request: bytes) -> bool:
    connection.sendall(request)
    received = read_head(connection)
    while len(received.partition(b"\r\n\r\n")[2]) < 1024:
        received += connection.recv(65536)
    return received[9:12] == b"200"


def switch(connection: socket.socket, request: bytes) -> bool:
    connection.sendall(request)
    return read_head(connection)[9:12] == b"101"


def frame(number: int) -> bytes:
    """A masked text message of its own for each connection (RFC 6455 5.2)."""
    text = f"message {number:8}".encode()
    mask = os.urandom(4)
    return bytes([0x81, 0x80 | len(text)]) + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(text))


def echoes(connection: socket.socket, number: int) -> bool:
    message = frame(number)
    connection.sendall(message)
    received = b""
    while len(received) < len(message):
        more = connection.recv(4096)
        if not more:
            return False
        received += more
    return received == message


def lives(work) -> bool:
    try:
        return work()
    except OSError:
        return False


def measure(candidate: Candidate, count: int, figure: str, begin, check) -> None:
    """KiB of private memory for each connection that is open and idle, and how many of them did not answer at the end."""
    before = candidate.process.memory().private
    connections = []
    try:
        for _ in range(count):
            connections.append(connect(candidate.port))
            if not lives(lambda: begin(connections[-1])):
                raise RuntimeError(f"{candidate.name} refused connection {len(connections)}")
        time.sleep(3)
        candidate.add(figure, (candidate.process.memory().private - before) * 1024 / count)
        lost = sum(not lives(lambda: check(connection, number)) for number, connection in enumerate(connections))
        candidate.add(figure + "-lost", lost)
    except (RuntimeError, OSError) as error:
        candidate.figures.setdefault(figure + "-problem", []).append(str(error))
    finally:
        for connection in connections:
            connection.close()
        time.sleep(1)


def idle(lab: Lab, options) -> None:
    for candidate in lab.candidates:
        load(candidate.port, 64, 5000, headers=(candidate.credentials,))
        request = REQUEST.format(credentials=candidate.credentials).encode()
        fetches = lambda connection, _=0: fetch(connection, request)
        measure(candidate, options.crowd, "idle-connection", fetches, fetches)


def websockets(lab: Lab, options) -> None:
    for candidate in lab.candidates:
        load(candidate.port, 64, 5000, headers=(candidate.credentials,))
        request = HANDSHAKE.format(credentials=candidate.credentials).encode()
        measure(candidate, options.crowd, "websocket", lambda connection: switch(connection, request), echoes)
