"""Turns what was measured into docs/benchmarks.md."""

import os
import platform
import time
from pathlib import Path
from statistics import median

from .tools import ROOT

PATH = ROOT / "docs" / "benchmarks.md"

COLUMNS = [
    ("request", "CPU-µs per request", 1),
    ("chunk", "per streamed chunk", 1),
    ("first", "first chunk later by, µs", 0),
    ("delay", "each chunk later by, µs", 0),
    ("memory-idle", "MB idle", 1),
    ("memory-loaded", "MB after load", 1),
    ("idle", "% CPU idle", 2),
]


def cell(values: list[float], digits: int) -> str:
    """The median, and the range where there were several rounds."""
    if not values:
        return ""
    middle = f"{median(values):.{digits}f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def table(candidates) -> list[str]:
    ordered = sorted(candidates, key=lambda candidate: median(candidate.figures["request"]))
    lines = ["| | " + " | ".join(title for _, title, _ in COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for candidate in ordered:
        name = f"{candidate.name} {candidate.release}"
        cells = [cell(candidate.figures.get(key, []), digits) for key, _, digits in COLUMNS]
        lines.append("| " + " | ".join([f"**{name}**" if candidate.stack else name, *cells]) + " |")
    return lines


def ratios(candidates) -> list[str]:
    ours = next((candidate for candidate in candidates if candidate.stack), None)
    if ours is None:
        return []
    lines = ["", "Leanto's CPU time per request, beside each peer's, round by round:", ""]
    for candidate in candidates:
        if candidate is not ours:
            rounds = [a / b for a, b in zip(ours.figures["request"], candidate.figures["request"])]
            lines.append(f"- {cell(rounds, 2)} x {candidate.name}'s")
    return lines


def written(candidates, missing: list[str], verbs: dict, options) -> str:
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make benchmarks` on {time.strftime('%Y-%m-%d')}: {processor()}, {os.cpu_count()} cores, Linux {platform.release()}.",
        "",
        "GET of 1 KiB over 64 keep-alive connections, with Basic Auth and a record of each access; one worker or event loop each. The",
        "proxy has core 0 for itself; the load and the upstream, both in C, share core 1. The candidates take turns within each of",
        f"{options.rounds} rounds of {options.requests} requests; medians, with the range in brackets. CPU-µs: user and system time of the proxy and its",
        "workers. MB: proportional set size. Peers may hash the password cheaply, and write their records in batches where they can;",
        "Leanto checks bcrypt and remembers successes. A streamed chunk is one server-sent event of 20 bytes, 32 streams at once.",
        "",
        *table(candidates),
        *ratios(candidates),
    ]
    if verbs:
        lines += ["", "Milliseconds from start to end of a verb, with the daemon running: "]
        lines[-1] += ", ".join(f"`{name}` {middle:.0f} (slowest {slowest:.0f})" for name, (middle, slowest) in verbs.items()) + "."
    if missing:
        lines += ["", "Left out here: " + ", ".join(missing) + "."]
    return "\n".join(lines) + "\n"
