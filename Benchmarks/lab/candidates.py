"""What is compared: Leanto, in one shape or several, and its peers, each started and known to answer."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from . import leanto
from .peers import PEERS, Place
from .processes import Pinned, free_port, wait_until
from .tools import AUTHORIZATION, built, load


@dataclass
class Candidate:
    name: str
    port: int
    process: Pinned
    stack: Path | None = None
    # What lets a request in.
    credentials: str = AUTHORIZATION
    figures: dict[str, list[float]] = field(default_factory=dict)

    def add(self, figure: str, value: float) -> None:
        self.figures.setdefault(figure, []).append(value)


def answers(port: int, credentials: str) -> bool:
    """Traefik, for one, listens before it knows its routes."""
    try:
        return load(port, 1, 5, headers=(credentials,))["errors"] == 0
    except RuntimeError:
        return False


@dataclass
class Lab:
    """A folder with an upstream on core 1, and candidates on core 0."""

    running: ExitStack
    folder: Path
    upstream: int = 0
    connections: int = 2048
    candidates: list[Candidate] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def start_upstream(self) -> None:
        self.upstream = free_port()
        command = [str(built("upstream")), str(self.upstream)]
        self.running.enter_context(Pinned(command, 1, self.folder / "upstream.log")).wait_for_port(self.upstream)

    def start(self, name: str, command_of: Callable[[Place], list[str]]) -> Candidate:
        at = Place(self.folder / name.replace(" ", "-"), free_port(), self.upstream, connections=self.connections)
        at.folder.mkdir()
        process = self.running.enter_context(Pinned(command_of(at), 0, at.folder / "output.log"))
        process.wait_for_port(at.port)
        candidate = Candidate(name, at.port, process)
        self.candidates.append(candidate)
        return candidate

    def start_leanto(self, name: str | None = None, shape: leanto.Shape = leanto.Shape()) -> Candidate:
        made: dict[str, object] = {}

        def command(at: Place) -> list[str]:
            result = leanto.command(at, shape=shape)
            made["stack"] = Path(result[-1])
            if shape.keys:
                made["credentials"] = leanto.add_keys(made["stack"], shape.keys)
            return result

        candidate = self.start(name or f"Leanto {leanto.release()}", command)
        candidate.stack = made["stack"]
        candidate.credentials = made.get("credentials", AUTHORIZATION)
        self.wait_for_answers(candidate)
        return candidate

    def wait_for_answers(self, candidate: Candidate) -> None:
        wait_until(lambda: answers(candidate.port, candidate.credentials), 30, f"a good answer from {candidate.name}")

    def start_all(self, wanted: list[str], part: str) -> None:
        """Those that are there; the rest is named with the reason."""
        if "leanto" in wanted:
            self.start_leanto()
        for peer in PEERS:
            if peer.name.lower() not in wanted or part not in (peer.parts or [part]):
                continue
            if peer.binary() is None:
                self.missing.append(f"{peer.name} (not installed: Benchmarks/install-peers)")
                continue
            binary = Path(peer.binary())
            self.wait_for_answers(self.start(f"{peer.name} {peer.release()}", lambda at: peer.command(binary, at)))
