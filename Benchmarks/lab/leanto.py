"""Leanto as it is measured: one event loop, a stack with one service, a person who may enter, access records on."""

import os
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .peers import Place
from .processes import free_port
from .tools import PASSWORD, ROOT, USER


@dataclass
class Shape:
    """What differs between the stacks that are compared."""

    workers: int = 1
    # Services at /s0/, /s1/ and so on, beside the one at /.
    routes: int = 0
    keys: int = 0
    # A second service at /open/ that asks nobody for credentials.
    has_open: bool = False
    # Senders may name the client, as the tunnel's agent does: many clients from one machine.
    trusts_senders: bool = False


def binary() -> Path:
    return Path(os.environ.get("LEANTO_BINARY") or ROOT / "build" / "leanto")


def settings(at: Place, shape: Shape) -> str:
    upstream = f"upstream: http://127.0.0.1:{at.upstream}"
    lines = ["name: bench", "runner: native", "gateway:", "  engine: builtin", f"  local: 127.0.0.1:{at.port}"]
    lines += [f"  tunnel: 127.0.0.1:{free_port()}", f"  workers: {shape.workers}"]
    lines += [f"  limits: {{ connections: {max(12000, at.connections)} }}"]
    if shape.trusts_senders:
        lines += ["  trusted-proxies: [127.0.0.0/8]"]
    lines += ["services:", "  service:", f"    {upstream}", "    at: /"]
    if shape.has_open:
        lines += ["  open:", f"    {upstream}", "    at: /open/", "    auth: none", "    health: none"]
    for number in range(shape.routes):
        lines += [f"  s{number}:", f"    {upstream}", f"    at: /s{number}/", "    health: none"]
    return "\n".join(lines) + "\n"


def run_verb(stack: Path, *words: str, text: str = "") -> str:
    command = [str(binary()), *words, "--stack", str(stack)]
    return subprocess.run(command, input=text, text=True, check=True, stdout=subprocess.PIPE).stdout


def make_stack(at: Place, shape: Shape) -> Path:
    """Writes the settings and adds the person; the stack directory."""
    stack = at.folder / "stack"
    stack.mkdir(mode=0o700)
    (stack / "leanto.yaml").write_text(settings(at, shape))
    run_verb(stack, "user", "add", USER, text=PASSWORD + "\n")
    return stack


def add_keys(stack: Path, count: int) -> str:
    """One key that opens the service, among others that nobody has; the field to send it in."""
    shown = run_verb(stack, "key", "add", "bench", "--for", "service")
    key = next(word for word in shown.split() if word.startswith("leanto_"))
    with open(stack / "secrets" / "keys", "a") as file:
        for number in range(count - 1):
            file.write(f"other-{number} leanto_{secrets.token_hex(4)} {secrets.token_hex(32)} service * - 1700000000\n")
    return f"Authorization: Bearer {key}"


def command(at: Place, program: Path | None = None, shape: Shape = Shape()) -> list[str]:
    return [str(program or binary()), "serve", "--stack", str(make_stack(at, shape))]


def release() -> str:
    done = subprocess.run([str(binary()), "version"], capture_output=True, text=True)
    # `leanto 0.1.0`, and more below.
    words = done.stdout.split()
    return words[1] if len(words) > 1 else "?"
