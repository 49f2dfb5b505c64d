#!/usr/bin/env python3
"""Replays the recordings of n8n and Flowise against the stand-ins. Prints a line for each: `ok NAME`, `bad NAME: why`, or
`unused NAME: why` for what is no exchange.

Compared are the status, the names of the fields, the values of those that stay the same, and the body: exactly, or, where it holds
identifiers and times, by its shape.
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDINGS = os.path.join(HERE, "../Recordings")
# What changes from answer to answer, or comes from the size of what is not the same here.
VARYING = {"date", "etag", "content-length", "x-ratelimit-reset", "x-ratelimit-remaining", "last-modified", "keep-alive",
           "content-security-policy-report-only", "mcp-session-id", "connection"}
PASSWORD = "Passw0rd!Dummy"


class Instance:
    def __init__(self, program, **environment):
        self.folder = tempfile.TemporaryDirectory(prefix="stand-in-")
        port = "N8N_PORT" if program == "n8n" else "PORT"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        host = {"N8N_LISTEN_ADDRESS": "127.0.0.1", "HOST": "127.0.0.1"}
        place = {"N8N_USER_FOLDER": self.folder.name, "DATABASE_PATH": self.folder.name, "STAND_IN_START": "0.1"}
        command = [sys.executable, "-B", os.path.join(HERE, program, program), "start"]
        self.process = subprocess.Popen(
            command, env={"PATH": os.environ["PATH"], port: str(self.port)} | host | place | environment, stdout=subprocess.DEVNULL)
        self.wait(200 if "STAND_IN_HOLD" not in environment and "STAND_IN_DATABASE" not in environment else None)

    def wait(self, status):
        path = "/healthz/readiness" if "n8n" in self.process.args[2] else "/api/v1/ping"
        for _ in range(600):
            try:
                answer = self.send("GET", path, [])
                if status in (None, answer[0]):
                    time.sleep(0.3 if status is None else 0)
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise SystemExit(f"{self.process.args} did not start")

    def send(self, method, path, fields, body=b"", version="1.1", wait=10.0):
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as connection:
            names = {name.lower() for name, _ in fields}
            lines = [f"{method} {path} HTTP/{version}"] + [f"{name}: {value}" for name, value in fields]
            lines += [] if "host" in names else [f"Host: 127.0.0.1:{self.port}"]
            lines += [] if "connection" in names else ["Connection: close"]
            lines += [f"Content-Length: {len(body)}"] if body and "content-length" not in names else []
            lines += ["Content-Type: application/json"] if body and "content-type" not in names else []
            connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            return self.receive(connection, method)

    def receive(self, connection, method):
        data = b""
        while b"\r\n\r\n" not in data:
            part = connection.recv(65536)
            if not part:
                raise OSError("closed")
            data += part
        head, _, rest = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = [(line.partition(": ")[0], line.partition(": ")[2]) for line in lines[1:]]
        low = {name.lower(): value for name, value in fields}
        status = int(lines[0].split(" ")[1])
        if status == 101:
            return status, fields, self.frames(connection, rest)
        while method != "HEAD":
            if "content-length" in low and len(rest) >= int(low["content-length"]):
                break
            if low.get("transfer-encoding") == "chunked" and rest.endswith(b"0\r\n\r\n"):
                break
            part = connection.recv(65536)
            if not part:
                break
            rest += part
        return status, fields, rest.decode("utf-8", "replace")

    def frames(self, connection, rest):
        """As the recordings name them: `text:...`, `close 1008`; [] when it stays open."""
        connection.settimeout(0.4)
        found = []
        try:
            while True:
                while len(rest) >= 2 and len(rest) >= 2 + (rest[1] & 127):
                    data = rest[2:2 + (rest[1] & 127)]
                    code = str(int.from_bytes(data[:2], "big")) if data else ""
                    found.append(f"close {code}" if rest[0] & 15 == 8 else "text:" + data.decode())
                    rest = rest[2 + (rest[1] & 127):]
                part = connection.recv(4096)
                if not part:
                    return found
                rest += part
        except TimeoutError:
            return found

    def post(self, path, value, fields=()):
        return self.send("POST", path, list(fields), json.dumps(value).encode())

    def end(self):
        self.process.terminate()
        self.process.wait(10)
        self.folder.cleanup()


def cookies(fields):
    return "; ".join(value.split(";")[0] for name, value in fields if name.lower() == "set-cookie")


def shape(value):
    """The structure of JSON: names and kinds, without values."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def same_body(recording, got, exact):
    want = recording.get("body") or ""
    if exact:
        return want == got
    try:
        got, want = json.loads(got), json.loads(want)
        if isinstance(want, list):
            return (shape(got) == shape(want)) if want else not got
        return set(got) <= set(want)
    except ValueError:
        return bool(got) == bool(want)


def normal(name, value):
    if name == "set-cookie":
        return re.sub(r"=[^;]*", "=X", value, count=1).replace(re.search(r"Expires=[^;]*", value)[0], "Expires=X") if "Expires=" in value \
            else re.sub(r"=[^;]*", "=X", value, count=1)
    return value


def compare(recording, answer, exact):
    status, fields, body = answer
    want = recording["response"]
    if want["status"] != status:
        return f"status {status} instead of {want['status']}"
    listed = lambda all: sorted((name.lower(), normal(name.lower(), value)) for name, value in all if name.lower() not in VARYING)  # noqa: E731
    if listed(want["headers"]) != listed(fields):
        return f"fields {listed(fields)} instead of {listed(want['headers'])}"
    if isinstance(body, list):
        return None if body == recording["framesAfter"] else f"frames {body} instead of {recording['framesAfter']}"
    if "transfer-encoding" in {name.lower() for name, _ in want["headers"]}:
        whole = want.get("body") or "".join(piece for _, piece in want["pieces"])
        return same_stream(whole, body)
    if want.get("truncated") or want.get("bodyBytes"):
        return None if bool(body) == bool(want["body"]) else "no body"
    return None if same_body(want, body, exact) else f"body {body[:200]!r} instead of {str(want['body'])[:200]!r}"


def same_stream(want, got):
    """The kinds of events in their order, each once, and that every frame is a chunk of its own."""
    def kinds(text):
        found = re.findall(r'"(?:event|type)":"(\w+)"', text)
        return [kind for index, kind in enumerate(found) if index == 0 or found[index - 1] != kind]

    frames = re.findall(r"(?:^|\r\n)[0-9a-f]+\r\n(?:message:\n|\{)", got)
    if kinds(want) != kinds(got):
        return f"events {kinds(got)} instead of {kinds(want)}"
    count = len(re.findall(r'"(?:event|type)":"\w+"', got))
    return None if len(frames) == count else f"{len(frames)} chunks for {count} frames"


def load(application):
    folder = os.path.join(RECORDINGS, application)
    for name in sorted(os.listdir(folder)):
        if name.endswith(".json"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                yield name[:-5], json.load(file)


def fields_of(recording, replaced):
    fields = recording["request"].get("headers") or []
    fields = list(fields.items()) if isinstance(fields, dict) else [tuple(field) for field in fields]
    for old, new in replaced:
        fields = [(name, value.replace(old, new)) for name, value in fields]
    drop = ("host", "content-length") if recording["app"] == "n8n" else ("content-length",)
    return [(name, value) for name, value in fields if name.lower() not in drop]


def report(name, problem):
    print(f"ok {name}" if problem is None else f"bad {name}: {problem}", flush=True)


def replay(name, recording, instance, replaced=(), exact=True, body=None):
    request = recording["request"]
    fields = fields_of(recording, replaced)
    if recording["app"] == "n8n" and "101" in name or "push" in name:
        fields = [(key, value.replace("127.0.0.1:5700", f"127.0.0.1:{instance.port}")) for key, value in fields]
    path = request["path"]
    data = body if body is not None else (request.get("body") or "")
    for old, new in replaced:
        path, data = path.replace(old, new), data.replace(old, new) if isinstance(data, str) else data
    data = data.encode() if isinstance(data, str) else data
    answer = instance.send(request["method"], path, fields, data)
    report(f"{recording['app']}/{name}", compare(recording, answer, exact))
    return answer


def main():
    sys.path.insert(0, HERE)
    import replay_flowise
    import replay_n8n

    wanted = sys.argv[1:] or ["n8n", "flowise"]
    if "n8n" in wanted:
        replay_n8n.run()
    if "flowise" in wanted:
        replay_flowise.run()


if __name__ == "__main__":
    sys.modules["replay"] = sys.modules["__main__"]
    main()
