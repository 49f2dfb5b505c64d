"""Leanto as it is measured: one event loop, a stack with one service, a person who may enter, access records on."""

import os
import subprocess
from pathlib import Path

from .peers import Place
from .processes import free_port
from .tools import PASSWORD, ROOT, USER

SETTINGS = """\
name: bench
runner: native
gateway:
  engine: builtin
  local: 127.0.0.1:{port}
  tunnel: 127.0.0.1:{tunnel}
  workers: 1
services:
  service:
    upstream: http://127.0.0.1:{upstream}
    at: /
"""


def binary() -> Path:
    return Path(os.environ.get("LEANTO_BINARY") or ROOT / "build" / "leanto")


def make_stack(at: Place) -> Path:
    """Writes the settings and adds the person; the stack directory."""
    stack = at.folder / "stack"
    stack.mkdir(mode=0o700)
    (stack / "leanto.yaml").write_text(SETTINGS.format(port=at.port, upstream=at.upstream, tunnel=free_port()))
    subprocess.run(
        [str(binary()), "user", "add", USER, "--stack", str(stack)],
        input=PASSWORD + "\n",
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return stack


def command(at: Place, program: Path | None = None) -> list[str]:
    return [str(program or binary()), "serve", "--stack", str(make_stack(at))]


def release() -> str:
    done = subprocess.run([str(binary()), "version"], capture_output=True, text=True)
    return done.stdout.split()[-1] if done.stdout.split() else "?"
