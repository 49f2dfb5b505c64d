"""The models of a stand-in for Ollama: what is installed, what is loaded, what can be pulled, and what they say."""

import datetime
import hashlib
import http.client
import json
import threading
import time
import urllib.parse

GEMMA_DIGEST = "9588429c6b40c54d8d2a2ea45f3c1c3d60a1f31c9b4184e0e34558041e7c147a"
GEMMA_LAYER = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
# What the recorded model said to "Hi" at temperature 0; then it goes on for ever.
SCRIPT = [",", "\n\n", "I", " have", " a", " ", "2", "0"]
MORE = [" and", " then", " some", " more", " of", " the", " same", "."]


def timestamp(at: float | None = None) -> str:
    moment = datetime.datetime.fromtimestamp(time.time() if at is None else min(at, 2.5e11), datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"


def full_name(name: str) -> str:
    return name if ":" in name.rsplit("/", 1)[-1] else name + ":latest"


def installed(name: str, size: int) -> dict:
    is_gemma = name == "gemma3:270m"
    digest = GEMMA_DIGEST if is_gemma else hashlib.sha256(name.encode()).hexdigest()
    details = {"parent_model": "", "format": "gguf", "family": "gemma3", "families": ["gemma3"]}
    details |= {"parameter_size": "268.10M" if is_gemma else "1.2B", "quantization_level": "Q4_K_M"}
    entry = {"name": name, "model": name, "modified_at": timestamp(), "size": size, "digest": digest, "details": details}
    return entry


class Failure(Exception):
    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status, self.message = status, message


class Models:
    """Thread-safe. Times are seconds of time.time()."""

    def __init__(self, options):
        self.options = options
        self.lock = threading.RLock()
        self.running = threading.Condition(self.lock)
        self.turns: list[int] = []
        self.pending_loads = 0
        self.reset({})

    def reset(self, state: dict) -> None:
        with self.lock:
            names = state.get("models", self.options.models)
            self.tags = {n: installed(n, s) for n, s in ((e.split("=") + ["253113294"])[:2] for e in names)}
            self.tags = {n: e | {"size": int(e["size"])} for n, e in self.tags.items()}
            self.loaded: dict[str, dict] = {}
            self.registry = {n: int(s) for n, s in (e.split("=") for e in state.get("registry", self.options.registry))}
            self.partial: dict[str, int] = {}
            self.blobs: dict[str, bytes] = {"sha256:" + GEMMA_LAYER: b"GGUF"}
            self.blobs |= {"sha256:" + hashlib.sha256(b.encode()).hexdigest(): b.encode() for b in state.get("blobs", [])}
            self.busy = bool(state.get("busy"))
            self.break_pull_at = state.get("break_pull_at", self.options.break_pull_at)
            for name in state.get("loaded", []):
                self.put_in_memory(name, None, 4096)

    # Installed

    def find(self, name: str) -> dict | None:
        with self.lock:
            return self.tags.get(name) or self.tags.get(full_name(name))

    def remove(self, name: str) -> bool:
        with self.lock:
            found = self.find(name)
            if found:
                del self.tags[found["name"]]
                self.loaded.pop(found["name"], None)
            return found is not None

    def copy(self, source: str, destination: str) -> bool:
        with self.lock:
            found = self.find(source)
            if found:
                name = full_name(destination)
                self.tags[name] = found | {"name": name, "model": name}
            return found is not None

    # Loaded

    def runner(self, name: str) -> tuple[str, dict] | None:
        """A copy under another name shares the runner."""
        digest = self.tags[name]["digest"] if name in self.tags else None
        return next(((n, r) for n, r in self.loaded.items() if self.tags.get(n, {}).get("digest") == digest), None)

    def put_in_memory(self, name: str, keep: float | None, context: int) -> None:
        size = int(self.tags[name]["size"] * 1.887664637) if name == "gemma3:270m" else self.tags[name]["size"]
        if self.options.memory is not None and size > self.options.memory:
            need, have = size / 2**30, self.options.memory / 2**30
            raise Failure(500, f"model requires more system memory ({need:.1f} GiB) than is available ({have:.1f} GiB)")
        if self.options.memory is not None:
            while self.loaded and sum(r["size"] for r in self.loaded.values()) + size > self.options.memory:
                del self.loaded[next(iter(self.loaded))]
        keep = self.options.keep_alive if keep is None else keep
        self.loaded[name] = {"size": size, "keep": keep, "context": context, "expires": time.time() + keep, "running": 0}

    def expire(self) -> None:
        with self.lock:
            now = time.time()
            for name in [n for n, r in self.loaded.items() if r["expires"] <= now and not r["running"]]:
                del self.loaded[name]

    def ps(self) -> list[dict]:
        with self.lock:
            self.expire()
            rows = []
            for name, runner in self.loaded.items():
                tag = self.tags[name]
                row = {key: tag[key] for key in ("name", "model")} | {"size": runner["size"]}
                row |= {"digest": tag["digest"], "details": tag["details"], "expires_at": timestamp(runner["expires"])}
                row |= {"size_vram": int(runner["size"] * self.options.vram), "context_length": runner["context"]}
                rows.append(row)
            return rows

    def acquire(self, name: str, keep: float | None, context: int | None, is_gone) -> float:
        """Loads the model where needed and waits for this request's turn. Returns the seconds that loading took."""
        began = time.time()
        with self.lock:
            self.expire()
            found = self.runner(name)
            must_load = found is None or (context is not None and found[1]["context"] != context)
            if must_load:
                if self.busy or self.pending_loads >= self.options.max_queue:
                    raise Failure(503, "server busy, please try again.  maximum pending requests exceeded")
                self.pending_loads += 1
        try:
            if must_load:
                time.sleep(self.options.load_time)
                with self.lock:
                    if found:
                        self.loaded.pop(found[0], None)
                    self.put_in_memory(name, keep, context or 4096)
        finally:
            if must_load:
                with self.lock:
                    self.pending_loads -= 1
        self.wait_for_turn(is_gone)
        with self.lock:
            if self.runner(name) is None:
                self.put_in_memory(name, keep, context or 4096)
            runner = self.runner(name)[1]
            runner["running"] += 1
            if keep is not None:
                runner["keep"] = keep
        return time.time() - began

    def wait_for_turn(self, is_gone) -> None:
        ticket = threading.get_ident()
        with self.running:
            self.turns.append(ticket)
            while ticket not in self.turns[: self.options.parallel]:
                self.running.wait(0.02)
                if is_gone():
                    self.turns.remove(ticket)
                    self.running.notify_all()
                    raise ConnectionError("the client left the queue")

    def release(self, name: str) -> None:
        with self.running:
            self.turns.remove(threading.get_ident())
            self.running.notify_all()
            found = self.runner(name)
            if found:
                found[1]["running"] -= 1
                found[1]["expires"] = time.time() + min(found[1]["keep"], 9e9)
                if found[1]["keep"] == 0:
                    del self.loaded[found[0]]

    def unload(self, name: str) -> None:
        with self.lock:
            found = self.runner(name)
            if found:
                del self.loaded[found[0]]

    # What it says

    def pieces(self, text: str, limit: int | None):
        """The model's words, one a token; the real model's where there is one behind."""
        if self.options.real:
            yield from self.real_pieces(text, limit)
            return
        for index in range(limit if limit and limit > 0 else 24):
            time.sleep(self.options.token_time)
            yield SCRIPT[index] if index < len(SCRIPT) else MORE[(index - len(SCRIPT)) % len(MORE)]

    def real_pieces(self, text: str, limit: int | None):
        address = urllib.parse.urlsplit(self.options.real)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=600)
        question = {"messages": [{"role": "user", "content": text}], "stream": True, "max_tokens": limit or 256}
        try:
            connection.request("POST", "/v1/chat/completions", json.dumps(question), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            for line in answer:
                if not line.startswith(b"data: {"):
                    continue
                choices = json.loads(line[6:]).get("choices") or [{}]
                piece = choices[0].get("delta", {}).get("content")
                if piece:
                    yield piece
        finally:
            connection.close()
