"""Turns what was measured into docs/performance.md."""

import json
import os
import platform
from pathlib import Path
from statistics import median

from .tools import BUILT, ROOT

PATH = ROOT / "docs" / "performance.md"
RESULTS = BUILT / "results.json"

# Title of the table, parts it is made from, and columns: figure, title, digits.
TABLES = [
    (
        "CPU-µs of the proxy",
        ["requests", "streams"],
        [("request", "GET 1 KiB", 1), ("post", "POST 10 KiB", 1), ("large", "GET 1 MiB", 0), ("chunk", "streamed chunk", 1)],
    ),
    (
        "Added delay, µs",
        ["delays"],
        [
            ("first-p50", "first chunk, p50", 0),
            ("first-p99", "first chunk, p99", 0),
            ("delay-p50", "each chunk, p50", 0),
            ("delay-p99", "each chunk, p99", 0),
        ],
    ),
    (
        "Memory, and CPU at rest",
        ["rest", "idle", "websockets"],
        [
            ("memory-idle", "MB idle", 1),
            ("memory-loaded", "MB after load", 1),
            ("idle", "% CPU idle", 2),
            ("idle-connection", "KiB per idle connection", 2),
            ("idle-connection-lost", "of them lost", 0),
            ("websocket", "KiB per idle websocket", 2),
            ("websocket-lost", "of them lost", 0),
        ],
    ),
]

HEADING = """# Performance

Written by `make benchmarks`: {processor}, {cores} cores, Linux {kernel}.

Everything is on: Basic Auth and a record of each access for all; routes, throttling, limits and timeouts too for Leanto. One worker or
event loop each. The proxy has core 0 for itself; the load and the upstream, both in C, share core 1. Candidates take turns within each
round; medians, with the range in brackets. CPU-µs: user and system time of the proxy and its workers, per request (64 keep-alive
connections, 8 for GET 1 MiB) or per chunk (one server-sent event of 20 bytes, 32 streams at once). Delays: at rest, through the proxy less
direct. MB: proportional set size; KiB: growth of private memory. Peers may hash the password cheaply, and write their records in batches
where they can; Leanto checks bcrypt and remembers successes.

nginx streams with `proxy_buffering off` and then reads 8 KiB at a time, which is dear for large answers; where it is measured with
buffers of 64 KiB too, it is called nginx-64k.
"""


def load_results() -> dict:
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else {}


def save_results(results: dict) -> None:
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")


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


def gathered(results: dict, parts: list[str]) -> dict[str, dict[str, list[float]]]:
    """Figures by candidate, from all of these parts."""
    found: dict[str, dict[str, list[float]]] = {}
    for part in parts:
        for name, figures in results.get(part, {}).get("candidates", {}).items():
            found.setdefault(name, {}).update(figures)
    return found


def when(results: dict, parts: list[str]) -> str:
    there = [f"{part} {results[part]['date']}, rounds: {results[part]['rounds']}" for part in parts if part in results]
    return "(" + "; ".join(there) + ")"


def is_ours(name: str) -> bool:
    return name.startswith("Leanto")


def table(results: dict, title: str, parts: list[str], columns: list[tuple[str, str, int]]) -> list[str]:
    candidates = gathered(results, parts)
    if not candidates:
        return []
    ordered = sorted(candidates, key=lambda name: (not is_ours(name), median(candidates[name].get(columns[0][0], [0]))))
    lines = ["", f"## {title}", "", "| | " + " | ".join(title for _, title, _ in columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name in ordered:
        cells = [cell(candidates[name].get(key, []), digits) for key, _, digits in columns]
        lines.append("| " + " | ".join([f"**{name}**" if is_ours(name) else name, *cells]) + " |")
    for name in ordered:
        for key, problems in candidates[name].items():
            if key.endswith("-problem"):
                lines += ["", f"{name}, {key.removesuffix('-problem')}: not measured: {problems[0]}."]
    crowds = [f"{results[part]['options']['crowd']:,} {part}" for part in ("idle", "websockets") if part in parts and part in results]
    return [*lines, "", when(results, parts), *(["", "At once: " + ", ".join(crowds) + "."] if crowds else [])]


def ratios(results: dict) -> list[str]:
    candidates = gathered(results, ["requests", "streams"])
    ours = next((name for name in candidates if is_ours(name)), None)
    others = [name for name in candidates if name != ours]
    if ours is None or not others:
        return []
    lines = ["", "Leanto's CPU time as a part of each peer's, round by round:", ""]
    lines += ["| | GET 1 KiB | POST 10 KiB | GET 1 MiB | streamed chunk |", "|---|---|---|---|---|"]
    for name in others:
        cells = []
        for figure in ("request", "post", "large", "chunk"):
            pairs = zip(candidates[ours].get(figure, []), candidates[name].get(figure, []))
            cells.append(cell([a / b for a, b in pairs], 2))
        lines.append("| " + " | ".join([name, *cells]) + " |")
    return lines


def curve(results: dict, part: str, title: str, of: str) -> list[str]:
    candidates = results.get(part, {}).get("candidates", {})
    if not candidates:
        return []
    row = " | ".join(cell(figures["request"], 1) for figures in candidates.values())
    return ["", f"{title} {when(results, [part])}", "", f"| {of} | " + " | ".join(candidates) + " |", "|---" * (len(candidates) + 1) + "|", f"| CPU-µs | {row} |"]


def door(results: dict) -> list[str]:
    lines = []
    for figures in results.get("login", {}).get("candidates", {}).values():
        more = [a - b for a, b in zip(figures["login"], figures["no-login"])]
        lines += ["", f"A verified login costs {cell(more, 2)} CPU-µs over none {when(results, ['login'])}."]
    for figures in results.get("guessing", {}).get("candidates", {}).values():
        ratio = [a / b for a, b in zip(figures["guessing-p99"], figures["quiet-p99"])]
        counts = ", ".join(f"{key.removeprefix('guess-')}: {sum(values):.0f}" for key, values in figures.items() if key.startswith("guess-"))
        lines += [
            "",
            f"One request with remembered credentials every 2 ms: p99 {cell(figures['quiet-p99'], 0)} µs at rest, "
            f"{cell(figures['guessing-p99'], 0)} µs while 50 wrong logins a second come in and are hashed, "
            f"{cell(ratio, 2)} times as long (p50: {cell(figures['quiet-p50'], 0)} and {cell(figures['guessing-p50'], 0)} µs). "
            f"The wrong ones were answered with {counts} {when(results, ['guessing'])}.",
        ]
    return ["", "## The door", *lines] if lines else []


def curves(results: dict) -> list[str]:
    lines = curve(results, "loops", "All on core 0, 64 connections:", "event loops")
    lines += curve(results, "routes", "The last of them is asked for:", "routes")
    lines += curve(results, "keys", "With a key; with 0, by Basic Auth:", "API keys")
    return ["", "## Curves", "", "CPU-µs for a GET of 1 KiB.", *lines] if lines else []


def verbs(results: dict) -> list[str]:
    found = results.get("rest", {}).get("verbs", {})
    times = ", ".join(f"`{name}` {middle:.0f} (slowest {slowest:.0f})" for name, (middle, slowest) in found.items())
    return ["", f"Milliseconds from start to end of a verb, with the daemon running: {times}."] if found else []


def written(results: dict) -> str:
    lines = HEADING.format(processor=processor(), cores=os.cpu_count(), kernel=platform.release()).splitlines()
    for number, (title, parts, columns) in enumerate(TABLES):
        lines += table(results, title, parts, columns)
        if number == 0:
            lines += ratios(results)
    lines += [*verbs(results), *door(results), *curves(results)]
    missing = sorted({name for part in results.values() for name in part["missing"]})
    if missing:
        lines += ["", "Left out here: " + ", ".join(missing) + "."]
    return "\n".join(lines) + "\n"
