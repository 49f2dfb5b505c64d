#!/usr/bin/env python3
"""A stand-in for Ollama 0.17.4: answers as the recordings in Tests/Recordings/ollama say. FACTS.md beside it lists what it keeps to.

    ollama.py --listen 127.0.0.1:0      prints `listening 127.0.0.1:41234` and serves until SIGTERM

Its own questions, which Ollama does not have: GET /stand-in/requests (what came in, JSON), POST /stand-in/state (start anew).
"""

import argparse
import hashlib
import json
import os
import select
import signal
import socket
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import answers  # noqa: E402
import rules  # noqa: E402
from models import Failure, Models, full_name, timestamp  # noqa: E402

JSON = "application/json; charset=utf-8"
NDJSON = "application/x-ndjson"
REASONS = {200: "OK", 201: "Created", 204: "No Content", 301: "Moved Permanently", 307: "Temporary Redirect"}
REASONS |= {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 431: "Request Header Fields Too Large"}
REASONS |= {500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable"}


class Run:
    """One answer of the model, with what Ollama counts. Durations are nanoseconds."""

    def __init__(self, prompt: int, load: float):
        self.prompt, self.load, self.began = prompt, int(load * 1e9), time.time()
        self.tokens, self.text, self.reason, self.first = 0, "", "stop", None

    def take(self, piece: str) -> None:
        self.first = self.first or time.time()
        self.tokens, self.text = self.tokens + 1, self.text + piece

    def finish(self, limit: int | None) -> None:
        now = time.time()
        self.reason = "length" if limit and self.tokens >= limit else "stop"
        self.evaluation = max(1, int(((self.first or now) - self.began) * 1e9))
        self.generation = max(1, int((now - (self.first or now)) * 1e9))
        self.total = self.load + self.evaluation + self.generation


class Exchange:
    """One request and its answer."""

    def __init__(self, server, connection, stream, method, target, version, fields):
        self.server, self.connection, self.stream = server, connection, stream
        self.method, self.target, self.version, self.fields = method, target, version, fields
        self.closes = self.field("connection").lower() == "close" or version == "HTTP/1.0"
        self.cors: dict[str, str] = {}
        self.began = False

    def field(self, name: str) -> str:
        return next((v for n, v in self.fields if n == name), "")

    # Out

    def head(self, status: int, fields: dict) -> bytes:
        # A stream's head says nothing of the connection's end in HTTP/1.0: it ends by it.
        fields = {k: v for k, v in fields.items() if v is not None} | self.cors
        fields["Date"] = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
        if self.closes and self.version != "HTTP/1.0":
            fields["Connection"] = "close"
        lines = [f"HTTP/1.1 {status} {REASONS[status]}"] + [f"{k}: {v}" for k, v in fields.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def send(self, status: int, body: bytes = b"", kind: str | None = None, **more) -> None:
        length = None if status in (204,) or (self.method == "HEAD" and not kind) else str(len(body))
        fields = {k.replace("_", "-"): v for k, v in more.items()} | {"Content-Type": kind}
        if len(body) > 2048 and self.method != "HEAD" and self.version != "HTTP/1.0":
            self.connection.sendall(self.head(status, fields | {"Transfer-Encoding": "chunked"}))
            self.connection.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
            return
        head = self.head(status, fields | {"Content-Length": length})
        self.connection.sendall(head + (b"" if self.method == "HEAD" else body))

    def json(self, status: int, value, kind: str = JSON, newline: bytes = b"") -> None:
        self.send(status, answers.compact(value) + newline, kind)

    def error(self, status: int, message: str) -> None:
        path = self.path
        if path == "/v1/messages":
            kind = "not_found_error" if status == 404 else "invalid_request_error" if status == 400 else "api_error"
            value = {"type": "error", "error": {"type": kind, "message": message}, "request_id": f"req_{os.urandom(12).hex()}"}
            self.json(status, value, "application/json", b"\n")
        elif path.startswith("/v1/"):
            early = status == 400 and "does not support" not in message
            kind = "invalid_request_error" if early else "api_error"
            value = {"error": {"message": message, "type": kind, "param": None, "code": None}}
            self.json(status, value, JSON if early else "application/json", b"" if early else b"\n")
        else:
            self.json(status, {"error": message})

    def chunk(self, data: bytes, kind: str, **more) -> None:
        """The head goes out with the first piece, and not before."""
        if not self.began:
            self.began = True
            chunked = "chunked" if self.version != "HTTP/1.0" else None
            fields = {k.replace("_", "-"): v for k, v in more.items()} | {"Content-Type": kind, "Transfer-Encoding": chunked}
            self.connection.sendall(self.head(200, fields))
        self.connection.sendall(data if self.version == "HTTP/1.0" else b"%x\r\n%s\r\n" % (len(data), data))

    def finish_stream(self) -> None:
        if self.version != "HTTP/1.0":
            self.connection.sendall(b"0\r\n\r\n")

    def is_gone(self) -> bool:
        """Closed, or only half-closed: both count as gone."""
        if self.stream.peeked():
            return False
        readable, _, _ = select.select([self.connection], [], [], 0)
        try:
            return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True

    # In

    def run(self) -> None:
        if self.target.startswith("/stand-in/"):
            return self.stand_in()
        self.path = "/"
        if not self.passes_origin() or not self.passes_host():
            return None
        if not self.find_path():
            return None
        self.server.note(self)
        try:
            self.route()
        except Failure as failure:
            self.error(failure.status, failure.message)
        return None

    def stand_in(self) -> None:
        self.path = self.target
        if self.target == "/stand-in/requests":
            self.json(200, self.server.requests)
        else:
            self.server.requests.clear()
            self.server.models.reset(json.loads(self.body() or b"{}"))
            self.json(200, {})

    def passes_origin(self) -> bool:
        origin, host = self.field("origin"), self.field("host")
        if not origin or origin in (f"http://{host}", f"https://{host}"):
            return True
        if not rules.origin_is_allowed(origin):
            self.send(403)
            return False
        self.cors = {"Access-Control-Allow-Origin": origin}
        if self.method == "OPTIONS":
            self.send(204, **{k.replace("-", "_"): v for k, v in rules.PREFLIGHT.items()})
            return False
        self.cors["Vary"] = "Origin"
        return True

    def passes_host(self) -> bool:
        host = self.field("host")
        if not self.server.is_loopback:
            return True
        if not rules.host_is_allowed(host):
            self.send(403)
            return False
        if self.method == "OPTIONS" and not rules.is_literal(rules.without_port(host)):
            self.send(204)
            return False
        return True

    def find_path(self) -> bool:
        """Ollama routes the decoded path, of absolute forms too; what is not clean is redirected."""
        target = self.target.split("?")[0]
        if "://" in target:
            target = "/" + target.split("://", 1)[1].partition("/")[2]
        path = urllib.parse.unquote(target)
        parts: list[str] = []
        for part in path.split("/"):
            if part == "..":
                parts = parts[:-1]
            elif part not in ("", "."):
                parts.append(part)
        clean = "/" + "/".join(parts)
        if path == clean:
            self.path = path
            return True
        is_slash = path == clean + "/"
        known = clean in ROUTES or clean.startswith(("/v1/models/", "/api/blobs/"))
        status = 301 if is_slash and self.method == "GET" else 307
        if not known and is_slash:
            self.path = path
            return True
        text = f'<a href="{clean}">{REASONS[status]}</a>.\n\n'.encode() if self.method == "GET" else b""
        self.send(status, text, "text/html; charset=utf-8" if text else None, Location=clean)
        return False

    def body(self) -> bytes:
        if self.field("transfer-encoding").lower() == "chunked":
            data = b""
            while size := int(self.stream.line().split(b";")[0], 16):
                data += self.stream.exactly(size)
                self.stream.line()
            self.stream.line()
            return data
        return self.stream.exactly(int(self.field("content-length") or 0))

    def question(self, required: bool = True) -> dict:
        data = self.body()
        if not data:
            if required:
                raise Failure(400, "missing request body")
            return {}
        try:
            value = json.loads(data)
        except ValueError:
            raise Failure(400, "unexpected EOF") from None
        self.server.requests[-1]["body"] = value
        return value if isinstance(value, dict) else {}

    def route(self) -> None:
        path = self.path
        if path.startswith("/v1/models/"):
            allowed, action = ["GET"], Exchange.one_model
        elif path.startswith("/api/blobs/"):
            allowed, action = ["HEAD", "POST"], Exchange.blob
        elif path in ROUTES:
            allowed, action = ROUTES[path]
        else:
            self.body()
            return self.send(404, b"404 page not found", "text/plain")
        if self.method not in allowed:
            self.body()
            return self.send(405, b"405 method not allowed", "text/plain", Allow=", ".join(allowed))
        return action(self)

    # What it can do

    def root(self) -> None:
        self.send(200, b"Ollama is running", "text/plain; charset=utf-8")

    def version_number(self) -> None:
        self.json(200, {"version": self.server.options.version})

    def status(self) -> None:
        self.json(200, {"cloud": {"disabled": False, "source": "none"}})

    def tags(self) -> None:
        self.json(200, {"models": list(self.server.models.tags.values())})

    def ps(self) -> None:
        self.json(200, {"models": self.server.models.ps()})

    def me(self) -> None:
        self.body()
        self.json(200, None)

    def sign_out(self) -> None:
        self.body()
        raise Failure(500, "there was an error signing out")

    def aliases(self) -> None:
        self.json(200, {"aliases": []})

    def v1_entry(self, tag: dict) -> dict:
        return {"id": tag["name"], "object": "model", "created": 1795417979, "owned_by": "library"}

    def v1_models(self) -> None:
        rows = [self.v1_entry(tag) for tag in self.server.models.tags.values()]
        self.json(200, {"object": "list", "data": rows}, "application/json", b"\n")

    def one_model(self) -> None:
        name = self.path.removeprefix("/v1/models/")
        self.json(200, self.v1_entry(self.known(name)), "application/json", b"\n")

    def known(self, name: str, text: str = "model '{}' not found") -> dict:
        found = self.server.models.find(name)
        if not found:
            raise Failure(404, text.format(name))
        return found

    def show(self) -> None:
        tag = self.known(self.question().get("model") or "")
        layer = "/root/.ollama/models/blobs/sha256-a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
        text = '# Modelfile generated by "ollama show"\n# To build a new Modelfile based on this, replace FROM with:\n'
        text += f"# FROM {tag['name']}\n\nFROM {layer}\nTEMPLATE {{{{ .Prompt }}}}\n"
        value = {"modelfile": text, "template": "{{ .Prompt }}", "details": tag["details"] | {"parent_model": layer}}
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gemma3-270m-info.json")) as file:
            value |= {"model_info": json.load(file)}
        tensors = [{"name": f"blk.{n}.attn_norm.weight", "type": "F32", "shape": [640]} for n in range(18)]
        value |= {"tensors": tensors, "capabilities": ["completion"], "modified_at": tag["modified_at"]}
        # Go and Python do not write small numbers alike.
        self.send(200, answers.compact(value).replace(b"1e-06", b"0.000001"), JSON)

    def delete(self) -> None:
        name = self.question().get("model") or ""
        self.known(name)
        self.server.models.remove(name)
        self.send(200)

    def copy(self) -> None:
        question = self.question()
        self.known(question.get("source") or "", 'model "{}" not found')
        self.server.models.copy(question["source"], question.get("destination") or "")
        self.send(200)

    def blob(self) -> None:
        digest, models = self.path.removeprefix("/api/blobs/"), self.server.models
        if self.method == "HEAD":
            if digest in models.blobs:
                return self.send(200)
            return self.error(404, f'blob "{digest}" not found')
        data = self.body()
        if not digest.startswith("sha256:") or len(digest) != 71:
            raise Failure(400, "invalid digest format")
        if digest in models.blobs:
            return self.send(200)
        actual = "sha256:" + hashlib.sha256(data).hexdigest()
        if actual != digest:
            raise Failure(400, f'digest mismatch, expected "{digest}", got "{actual}"')
        models.blobs[digest] = data
        return self.send(201)

    def lines(self, question: dict, rows) -> None:
        """Progress, a line each; without `stream` the last one alone."""
        if question.get("stream", True):
            for row in rows:
                self.chunk(answers.compact(row) + b"\n", NDJSON)
            return self.finish_stream()
        row = list(rows)[-1]
        return self.json(500 if "error" in row else 200, row, "application/json")

    def pull(self) -> None:
        question = self.question()
        name = question.get("model") or question.get("name") or ""
        if not name or " " in name:
            raise Failure(400, "invalid model name")
        self.lines(question, self.pulling(name))

    def pulling(self, name: str):
        models, options = self.server.models, self.server.options
        yield {"status": "pulling manifest"}
        size = models.registry.get(full_name(name))
        if size is None:
            yield {"error": self.unreachable_registry(name)}
            return
        digest = hashlib.sha256(name.encode()).hexdigest()
        row = {"status": "pulling " + digest[:12], "digest": "sha256:" + digest, "total": size}
        done = models.partial.get(digest, 0)
        while True:
            # The first line of a layer has no `completed` while nothing of it is there.
            yield row | ({"completed": done} if done else {})
            if done >= size:
                break
            if models.break_pull_at is not None and done >= size * models.break_pull_at:
                models.break_pull_at = None
                yield {"error": "max retries exceeded: unexpected EOF"}
                return
            time.sleep(0.01)
            done = min(size, done + max(1, int(options.pull_rate * 0.01)))
            models.partial[digest] = done
        yield {"status": "verifying sha256 digest"}
        yield {"status": "writing manifest"}
        from models import installed

        with models.lock:
            models.tags[full_name(name)] = installed(full_name(name), size)
        yield {"status": "success"}

    def unreachable_registry(self, name: str) -> str:
        if name.startswith("http://"):
            host, _, rest = name.removeprefix("http://").partition("/")
            url = f"http://{host}/v2/{rest.rpartition(':')[0]}/manifests/{rest.rpartition(':')[2]}"
            return f'pull model manifest: Get "{url}": dial tcp {host}: connect: connection refused'
        model, _, tag = full_name(name).partition(":")
        path = model if "/" in model else "library/" + model
        if self.server.models.registry:
            return "pull model manifest: file does not exist"
        url = f"https://registry.ollama.ai/v2/{path}/manifests/{tag}"
        return f'pull model manifest: Get "{url}": dial tcp: lookup registry.ollama.ai on 127.0.0.53:53: no such host'

    def push(self) -> None:
        question = self.question()
        name = question.get("model") or ""
        rows: list[dict] = [{"status": "retrieving manifest"}]
        if self.server.models.find(name):
            url = "https://registry.ollama.ai/v2/library/gemma3/blobs/sha256:"
            url += "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
            rows += [{"error": f'Head "{url}": dial tcp: lookup registry.ollama.ai on 127.0.0.53:53: no such host'}]
        else:
            place = "/root/.ollama/models/manifests/registry.ollama.ai/" + full_name(name).replace(":", "/")
            rows += [{"status": "couldn't retrieve manifest"}, {"error": f"open {place}: no such file or directory"}]
        self.lines(question, rows)

    def create(self) -> None:
        question = self.question()
        models, name, source = self.server.models, question.get("model") or "", question.get("from")
        if source and not models.find(source):
            # Without a word it becomes a pull.
            return self.lines(question, self.pulling(source))
        rows = []
        if source:
            rows += [{"status": "using existing layer sha256:a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"}]
            for part in (question.get("system"), answers.compact(question.get("parameters")).decode() + "\n"):
                rows += [{"status": "creating new layer sha256:" + hashlib.sha256(str(part).encode()).hexdigest()}]
            models.copy(source, name)
        else:
            digest = next(iter(question.get("files", {"": ""}).values()))
            rows += [{"status": "parsing GGUF"}]
            if not models.blobs.get(digest, b"").startswith(b"GGUF"):
                return self.lines(question, rows + [{"error": "supplied file was not in GGUF format"}])
            rows += [{"status": "using existing layer " + digest}]
        self.lines(question, rows + [{"status": "writing manifest"}, {"status": "success"}])

    def embed(self) -> None:
        question, path = self.question(), self.path
        missing = "model '{}' not found" if path.startswith("/v1/") else 'model "{}" not found, try pulling it first'
        tag = self.known(question.get("model") or "", missing)
        # It loads the model all the same.
        self.server.models.acquire(tag["name"], seconds(question.get("keep_alive")), None, self.is_gone)
        self.server.models.release(tag["name"])
        raise Failure(500 if path == "/api/embeddings" else 501, "this model does not support embeddings")

    # Generation

    def generate(self) -> None:
        self.answer(answers.Native, is_chat=False)

    def chat(self) -> None:
        self.answer(answers.Native, is_chat=True)

    def v1_chat(self) -> None:
        self.answer(answers.OpenAI, is_chat=True)

    def v1_completions(self) -> None:
        self.answer(answers.OpenAI, is_chat=False)

    def v1_messages(self) -> None:
        self.answer(answers.Anthropic, is_chat=True)

    def v1_responses(self) -> None:
        self.answer(answers.Responses, is_chat=True)

    def answer(self, shape, is_chat: bool) -> None:
        question = self.question()
        native = self.path.startswith("/api/")
        if self.path == "/v1/chat/completions" and not question.get("messages"):
            raise Failure(400, "[] is too short - 'messages'")
        tag = self.known(question.get("model") or "")
        self.refuse_unsupported(question, tag["name"])
        keep = seconds(question.get("keep_alive")) if native else None
        options = question.get("options") or {}
        context = options.get("num_ctx")
        text = spoken(question)
        if native and not text:
            return self.load_only(tag["name"], keep, context, is_chat)
        length = len(text.split()) + 1
        if length > (context or 4096) and question.get("truncate") is False:
            raise Failure(400, "the input length exceeds the context length")
        limits = [options.get("num_predict")] if native else [question.get(k) for k in ("max_tokens", "max_output_tokens")]
        limit = next((n for n in limits if n), None)
        load = self.server.models.acquire(tag["name"], keep, context, self.is_gone)
        try:
            run = Run(min(length, context or 4096), load)
            voice = shape(question["model"], question, is_chat)
            self.speak(voice, run, text, limit, question.get("stream", voice.streams_by_default))
        finally:
            self.server.models.release(tag["name"])
        return None

    def speak(self, voice, run: Run, text: str, limit: int | None, streams: bool) -> None:
        extra = {"Cache_Control": "no-cache"} if streams and isinstance(voice, (answers.Anthropic, answers.Responses)) else {}
        time.sleep(self.server.options.prompt_time)
        for piece in self.server.models.pieces(text, limit):
            # The runner looks for the client when it emits a token, and not before.
            if self.is_gone():
                self.server.note_gone()
                raise ConnectionError("the client went away")
            pieces = (voice.first() if run.first is None else []) + voice.piece(piece)
            run.take(piece)
            if streams:
                for data in pieces:
                    self.chunk(data, voice.stream_type, **extra)
            if limit and run.tokens >= limit:
                break
        run.finish(limit)
        if not streams:
            return self.send(200, voice.whole(run) + voice.newline, voice.whole_type)
        for data in voice.last(run):
            self.chunk(data, voice.stream_type, **extra)
        return self.finish_stream()

    def refuse_unsupported(self, question: dict, name: str) -> None:
        if question.get("tools"):
            raise Failure(400, f"registry.ollama.ai/library/{name} does not support tools")
        if question.get("suffix"):
            raise Failure(400, f"registry.ollama.ai/library/{name} does not support insert")
        if question.get("think"):
            raise Failure(400, f'"{name}" does not support thinking')

    def load_only(self, name: str, keep: float | None, context: int | None, is_chat: bool) -> None:
        if keep == 0:
            self.server.models.unload(name)
        else:
            self.server.models.acquire(name, keep, context, self.is_gone)
            self.server.models.release(name)
        said = {"message": {"role": "assistant", "content": ""}} if is_chat else {"response": ""}
        head = {"model": name, "created_at": timestamp()}
        self.json(200, head | said | {"done": True, "done_reason": "unload" if keep == 0 else "load"})


def spoken(question: dict) -> str:
    if "messages" in question:
        return " ".join(str(m.get("content", "")) for m in question["messages"])
    return str(question.get("prompt") or question.get("input") or "")


def seconds(value) -> float | None:
    """keep_alive: a number of seconds, or a Go duration with one unit. Negative: for ever."""
    if value is None:
        return None
    if isinstance(value, str):
        units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
        unit = "ms" if value.endswith("ms") else value[-1]
        value = float(value.removesuffix(unit)) * units[unit] if unit in units else float(value)
    return 9.2e9 if value < 0 else float(value)


ROUTES = {
    "/": (["HEAD", "GET"], Exchange.root),
    "/api/version": (["HEAD", "GET"], Exchange.version_number),
    "/api/status": (["GET"], Exchange.status),
    "/api/tags": (["HEAD", "GET"], Exchange.tags),
    "/api/ps": (["GET"], Exchange.ps),
    "/api/show": (["POST"], Exchange.show),
    "/api/generate": (["POST"], Exchange.generate),
    "/api/chat": (["POST"], Exchange.chat),
    "/api/embed": (["POST"], Exchange.embed),
    "/api/embeddings": (["POST"], Exchange.embed),
    "/api/pull": (["POST"], Exchange.pull),
    "/api/push": (["POST"], Exchange.push),
    "/api/create": (["POST"], Exchange.create),
    "/api/copy": (["POST"], Exchange.copy),
    "/api/delete": (["DELETE"], Exchange.delete),
    "/api/me": (["POST"], Exchange.me),
    "/api/signout": (["POST"], Exchange.sign_out),
    "/api/experimental/aliases": (["GET", "POST", "DELETE"], Exchange.aliases),
    "/v1/models": (["GET"], Exchange.v1_models),
    "/v1/chat/completions": (["POST"], Exchange.v1_chat),
    "/v1/completions": (["POST"], Exchange.v1_completions),
    "/v1/embeddings": (["POST"], Exchange.embed),
    "/v1/messages": (["POST"], Exchange.v1_messages),
    "/v1/responses": (["POST"], Exchange.v1_responses),
}


class Reader:
    """Bytes of a connection, by lines and by counts."""

    def __init__(self, connection):
        self.connection, self.buffer = connection, b""

    def peeked(self) -> bool:
        return bool(self.buffer)

    def more(self) -> None:
        data = self.connection.recv(65536)
        if not data:
            raise ConnectionError("the client closed")
        self.buffer += data

    def line(self) -> bytes:
        while b"\n" not in self.buffer:
            self.more()
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.rstrip(b"\r")

    def exactly(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self.more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data


class Server:
    def __init__(self, options):
        self.options, self.models, self.requests = options, Models(options), []
        host, _, port = options.listen.rpartition(":")
        self.socket = socket.create_server((host, int(port)), backlog=512, reuse_port=False)
        self.is_loopback = host.startswith("127.") or host in ("localhost", "::1")

    def note(self, exchange: Exchange) -> None:
        self.requests.append({"method": exchange.method, "target": exchange.target, "fields": exchange.fields})

    def note_gone(self) -> None:
        self.requests.append({"gone": time.time()})

    def serve(self) -> None:
        while True:
            connection, _ = self.socket.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.converse, args=(connection,), daemon=True).start()

    def converse(self, connection) -> None:
        stream = Reader(connection)
        try:
            while self.exchange(connection, stream):
                pass
        except (ConnectionError, OSError):
            pass
        finally:
            connection.close()

    def exchange(self, connection, stream) -> bool:
        method, target, version = stream.line().decode("latin-1").split(" ")
        fields = []
        while line := stream.line():
            name, _, value = line.decode("latin-1").partition(":")
            fields.append((name.lower(), value.strip()))
        exchange = Exchange(self, connection, stream, method, target, version, fields)
        hosts = [value for name, value in fields if name == "host"]
        problem = "malformed Host header" if any(" " in h for h in hosts) else None
        problem = problem or ("missing required Host header" if not hosts and version == "HTTP/1.1" else None)
        if problem:
            exchange.closes = True
            exchange.send(400, f"400 Bad Request: {problem}".encode(), "text/plain; charset=utf-8")
            return False
        if exchange.field("expect"):
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        exchange.run()
        return not exchange.closes


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", default="127.0.0.1:0", help="an address beside loopback turns the Host rule off, as in Ollama")
    parser.add_argument("--models", nargs="*", default=["gemma3:270m"], help="installed: NAME or NAME=BYTES")
    parser.add_argument("--registry", nargs="*", default=[], help="can be pulled: NAME=BYTES; without any the registry is not there")
    parser.add_argument("--pull-rate", type=float, default=1e9, help="bytes a second")
    parser.add_argument("--break-pull-at", type=float, help="the first pull fails at this share")
    parser.add_argument("--memory", type=int, help="bytes; what needs more is refused, what does not fit beside evicts")
    parser.add_argument("--vram", type=float, default=0, help="the share of a loaded model that is on the GPU")
    parser.add_argument("--keep-alive", type=float, default=300)
    parser.add_argument("--load-time", type=float, default=0)
    parser.add_argument("--prompt-time", type=float, default=0)
    parser.add_argument("--token-time", type=float, default=0.002)
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--max-queue", type=int, default=512)
    parser.add_argument("--version", default="0.0.0")
    parser.add_argument("--real", help="http://host:port of an OpenAI-like server that says the words, such as build/model/serve")
    return parser.parse_args()


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    server = Server(options())
    host, port = server.socket.getsockname()[:2]
    print(f"listening {host}:{port}", flush=True)
    server.serve()


if __name__ == "__main__":
    main()
