"""CPU time of the proxy for each request, chunk and megabyte, and what it adds to the delay."""

import time

from .candidates import Candidate, Lab
from .tools import load

CONNECTIONS = 64


def cpu(candidate: Candidate, work) -> tuple[float, dict]:
    """Microseconds of CPU that the candidate took for `work`, and what that reported."""
    before = candidate.process.cpu_seconds()
    done = work()
    return (candidate.process.cpu_seconds() - before) * 1e6, done


def send(candidate: Candidate, count: int, path: str = "/", connections: int = CONNECTIONS, post: int = 0) -> tuple[float, dict]:
    headers = (candidate.credentials,)
    load(candidate.port, connections, max(connections, count // 10), path, headers, post=post)
    used, done = cpu(candidate, lambda: load(candidate.port, connections, count, path, headers, post=post))
    return used / count, done


def requests(lab: Lab, options) -> None:
    for candidate in lab.candidates:
        used, done = send(candidate, options.requests)
        candidate.add("request", used)
        candidate.add("rate", options.requests / done["seconds"])
    for candidate in lab.candidates:
        candidate.add("post", send(candidate, options.requests // 2, post=10 * 1024)[0])
    for candidate in lab.candidates:
        candidate.add("large", send(candidate, options.requests // 60, "/large", connections=8)[0])


def streams(lab: Lab, options) -> None:
    for candidate in lab.candidates:
        work = lambda: load(candidate.port, 32, options.streams, "/stream/200/5000", (candidate.credentials,))
        used, done = cpu(candidate, work)
        candidate.add("chunk", used / done["chunks"])


def latencies(port: int, headers: tuple[str, ...]) -> list[float]:
    """Microseconds: from a request to the first streamed byte, and of an event's way, at rest; each p50 and p99."""
    done = load(port, 1, 100, "/stream/20/1000", headers)
    return [*done["first"], *done["delay"]]


def delays(lab: Lab, options) -> None:
    """Through the proxy less direct, measured one right after the other."""
    for candidate in lab.candidates:
        direct = latencies(lab.upstream, ())
        through = latencies(candidate.port, (candidate.credentials,))
        for name, there, here in zip(("first-p50", "first-p99", "delay-p50", "delay-p99"), through, direct):
            candidate.add(name, there - here)


def rest(lab: Lab, options) -> None:
    """Memory after load, then the CPU time of doing nothing."""
    for candidate in lab.candidates:
        candidate.add("memory-idle", candidate.process.memory().resident)
    for candidate in lab.candidates:
        send(candidate, options.requests // 4)
        candidate.add("memory-loaded", candidate.process.memory().resident)
        candidate.add("private-loaded", candidate.process.memory().private)
    time.sleep(2)
    before = {candidate.name: candidate.process.cpu_seconds() for candidate in lab.candidates}
    time.sleep(options.rest)
    for candidate in lab.candidates:
        candidate.add("idle", (candidate.process.cpu_seconds() - before[candidate.name]) / options.rest * 100)
