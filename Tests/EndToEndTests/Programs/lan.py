"""Clients of the TLS listener that need more than one step. Each prints what it saw, as words.

    renew   a connection that is open while the certificate is renewed, and one after it
    slow    connections that do not finish their handshake
    close   how the server says that it ends
"""

import argparse
import os
import socket
import ssl
import subprocess
import time

parser = argparse.ArgumentParser()
for name in ("what", "port", "authority", "leanto", "stack"):
    parser.add_argument("--" + name, default="")
given = parser.parse_args()
address = ("127.0.0.1", int(given.port))


def connect() -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=given.authority)
    return context.wrap_socket(socket.create_connection(address, timeout=20), server_hostname="localhost")


def ask(connection: ssl.SSLSocket, more: str = "") -> int:
    connection.sendall(f"GET /hello/open/ HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(65536)
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    body = head.split(b"\r\n\r\n", 1)[1]
    while len(body) < length:
        body += connection.recv(65536)
    return int(head.split()[1])


def renew() -> None:
    early = connect()
    before = early.getpeercert()["serialNumber"]
    print("before", ask(early))
    subprocess.run([given.leanto, "certificate", "renew", "--stack", given.stack], check=True, stdout=subprocess.DEVNULL)
    late = connect()
    print("new certificate", late.getpeercert()["serialNumber"] != before, ask(late))
    print("after", ask(early))


def slow() -> None:
    silent, begun = socket.create_connection(address, timeout=20), socket.create_connection(address, timeout=20)
    begun.sendall(bytes([22, 3, 1, 2, 0, 1, 0]))
    started = time.monotonic()
    print("ended", silent.recv(10), begun.recv(10), time.monotonic() - started < 10)


def close() -> None:
    connection = connect()
    print("answered", ask(connection, "Connection: close\r\n"))
    # Without close_notify this would raise.
    print("ended", connection.recv(10))


os.environ.pop("SSLKEYLOGFILE", None)
{"renew": renew, "slow": slow, "close": close}[given.what]()
