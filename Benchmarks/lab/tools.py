"""The small C programs: built when needed, and called."""

import json
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "build" / "benchmarks"

USER = "bench"
PASSWORD = "a-long-enough-password"
AUTHORIZATION = "Authorization: Basic YmVuY2g6YS1sb25nLWVub3VnaC1wYXNzd29yZA=="


def built(name: str) -> Path:
    """The path of a program (or, with .so, of a library) made from tools/."""
    source = ROOT / "Benchmarks" / "tools" / (name.removesuffix(".so") + ".c")
    target = BUILT / name
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        compiler = next(found for found in map(shutil.which, ("cc", "gcc", "clang")) if found)
        BUILT.mkdir(parents=True, exist_ok=True)
        flags = ["-shared", "-fPIC"] if name.endswith(".so") else []
        subprocess.run([compiler, "-O2", "-Wall", *flags, "-o", str(target), str(source)], check=True)
    return target


def load(
    port: int,
    connections: int,
    requests: int,
    path: str = "/",
    headers: tuple[str, ...] = (),
    core: int | None = 1,
    post: int = 0,
    pause: int = 0,
) -> dict:
    """What tools/load.c reports; raises when an answer was missing or not 200. `post`: bytes; `pause`: microseconds."""
    pin = [] if core is None else ["taskset", "-c", str(core)]
    options = [*(["--post", str(post)] if post else []), *(["--pause", str(pause)] if pause else [])]
    command = [*pin, str(built("load")), *options, str(port), str(connections), str(requests), path, *headers]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"load on port {port} failed: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)
