"""What the door costs: a verified login over none, and right ones while wrong ones are being hashed. And the curves."""

import base64
import itertools
import socket
import threading
import time
from collections import Counter

from . import leanto
from .candidates import Candidate, Lab
from .exchanges import CONNECTIONS, cpu, send
from .tools import load

names = itertools.count()


def login(lab: Lab, options) -> None:
    """The same request to a service behind the door and to one that is open: CPU-µs of each."""
    candidate = lab.candidates[0]
    for figure, path, headers in (("login", "/", (candidate.credentials,)), ("no-login", "/open/", ())):
        load(candidate.port, CONNECTIONS, options.requests // 10, path, headers)
        used, _ = cpu(candidate, lambda: load(candidate.port, CONNECTIONS, options.requests, path, headers))
        candidate.add(figure, used / options.requests)


def try_wrong_password(port: int, results: Counter) -> None:
    """As a guesser would: each try by another name and from another address, so that no ban comes before the hash."""
    number = next(names)
    credentials = base64.b64encode(f"nobody{number}:wrong-password-{number}".encode()).decode()
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    request = f"GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\nAuthorization: Basic {credentials}\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(request.encode())
            results[connection.recv(4096)[9:12].decode()] += 1
    except OSError:
        results["lost"] += 1


def guess(port: int, rate: int, stop: threading.Event, results: Counter) -> None:
    due = time.monotonic()
    while not stop.is_set():
        threading.Thread(target=try_wrong_password, args=(port, results), daemon=True).start()
        due += 1 / rate
        time.sleep(max(0.0, due - time.monotonic()))


def right_ones(candidate: Candidate) -> list[float]:
    """Microseconds, p50 and p99, of requests with remembered credentials, one every 2 ms."""
    return load(candidate.port, 1, 2000, headers=(candidate.credentials,), pause=2000)["first"]


def guessing(lab: Lab, options) -> None:
    candidate = lab.candidates[0]
    for figure, value in zip(("quiet-p50", "quiet-p99"), right_ones(candidate)):
        candidate.add(figure, value)
    stop, results = threading.Event(), Counter()
    guesser = threading.Thread(target=guess, args=(candidate.port, 50, stop, results))
    guesser.start()
    try:
        time.sleep(1)
        for figure, value in zip(("guessing-p50", "guessing-p99"), right_ones(candidate)):
            candidate.add(figure, value)
    finally:
        stop.set()
        guesser.join()
    for status, count in results.items():
        candidate.add("guess-" + status, count)
    time.sleep(2)


def start_login(lab: Lab) -> None:
    lab.start_leanto(shape=leanto.Shape(has_open=True))


def start_guessing(lab: Lab) -> None:
    lab.start_leanto(shape=leanto.Shape(trusts_senders=True))


def start_loops(lab: Lab) -> None:
    for workers in (1, 2, 3, 4):
        lab.start_leanto(str(workers), leanto.Shape(workers=workers))


def start_routes(lab: Lab) -> None:
    for routes in (1, 10, 100, 1000):
        lab.start_leanto(str(routes), leanto.Shape(routes=routes - 1))


def start_keys(lab: Lab) -> None:
    for keys in (0, 1, 100, 10_000):
        lab.start_leanto(str(keys), leanto.Shape(keys=keys))


def curve(lab: Lab, options) -> None:
    for candidate in lab.candidates:
        candidate.add("request", send(candidate, options.requests // 2)[0])


def curve_of_routes(lab: Lab, options) -> None:
    """The last of them is asked for."""
    for candidate in lab.candidates:
        last = int(candidate.name) - 2
        candidate.add("request", send(candidate, options.requests // 2, f"/s{last}/" if last >= 0 else "/")[0])
