"""What n8n and Flowise have in common as HTTP servers: Node's and Express's habits, as measured. For the stand-ins beside it.

A handler is an async function of a Request that returns a Response, a Stream, an Upgrade, or None: no answer, ever.
"""

import asyncio
import base64
import datetime
import hashlib
import json
import os
import re
import signal
import sys

HEAD_LIMIT = 16 * 1024
# Announced as 5 s; an idle connection was closed after 6.0 s.
KEEP_ALIVE = 6.0
REASONS = {
    101: "Switching Protocols", 200: "OK", 201: "Created", 204: "No Content", 301: "Moved Permanently", 302: "Found",
    304: "Not Modified", 307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict", 413: "Payload Too Large",
    429: "Too Many Requests", 431: "Request Header Fields Too Large", 500: "Internal Server Error", 503: "Service Unavailable",
}
METHODS = "GET HEAD POST PUT PATCH DELETE OPTIONS TRACE PROPFIND MKCOL SEARCH LINK UNLINK".split()
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


class Request:
    def __init__(self, method, target, version, fields, peer):
        self.method, self.target, self.version, self.fields, self.peer = method, target, version, fields, peer
        # An absolute-form target is taken like its path.
        path = re.sub(r"^https?://[^/?]*", "", target, flags=re.I) or "/"
        self.path, _, self.query = path.partition("?")
        self.body = b""

    def field(self, name, default=None):
        found = [value for key, value in self.fields if key.lower() == name.lower()]
        if not found:
            return default
        return ("; " if name.lower() == "cookie" else ", ").join(found)

    def cookies(self):
        parts = [part.strip().partition("=") for part in (self.field("cookie") or "").split(";")]
        return {name: value for name, _, value in parts if name}

    def parameters(self):
        return dict(part.partition("=")[::2] for part in self.query.split("&") if part)

    def json(self):
        return json.loads(self.body or b"{}")

    def client(self, hops):
        """Express's req.ip with `trust proxy` set to a number of hops; None trusts all."""
        chain = [part.strip() for part in (self.field("x-forwarded-for") or "").split(",") if part.strip()]
        if hops == 0 or not chain:
            return self.peer
        return chain[0] if hops is None else chain[max(0, len(chain) - hops)]


class Response:
    def __init__(self, status, body=b"", kind=None, fields=(), etag=True):
        self.status, self.fields = status, list(fields)
        if isinstance(body, (dict, list)):
            body, kind = json.dumps(body, separators=(",", ":"), ensure_ascii=False), kind or JSON
        self.body = body.encode() if isinstance(body, str) else body
        if kind:
            self.fields.append(("Content-Type", kind))
        self.etag = etag and bool(kind) and status < 500 or (etag and kind == JSON)


class Stream:
    """Chunks, each as `source` yields it; closes the way that was seen: some time after the last one."""

    def __init__(self, status, fields, source):
        self.status, self.fields, self.source = status, list(fields), source


class Upgrade:
    """101, then `run` has the connection: an async function of a WebSocket."""

    def __init__(self, run):
        self.run = run


def express_etag(body):
    digest = base64.b64encode(hashlib.sha1(body).digest()).decode()[:27]
    return f'W/"{len(body):x}-{digest}"'


def error_page(text):
    return Response(
        404 if text.startswith("Cannot ") else 500,
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n<pre>{text}</pre>\n'
        "</body>\n</html>\n",
        HTML, [("Content-Security-Policy", "default-src 'none'"), ("X-Content-Type-Options", "nosniff")], etag=False)


class WebSocket:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def send(self, text, opcode=1):
        data = text.encode() if isinstance(text, str) else text
        head = bytes([0x80 | opcode])
        head += bytes([len(data)]) if len(data) < 126 else bytes([126]) + len(data).to_bytes(2, "big")
        self.writer.write(head + data)
        await self.writer.drain()

    async def close(self, code=None):
        await self.send(b"" if code is None else code.to_bytes(2, "big"), 8)

    async def receive(self):
        """The text of the next message; None at the end. Answers pings."""
        while True:
            head = await self.reader.readexactly(2)
            opcode, size = head[0] & 15, head[1] & 127
            if size == 126:
                size = int.from_bytes(await self.reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await self.reader.readexactly(8), "big")
            mask = await self.reader.readexactly(4) if head[1] & 128 else b"\0" * 4
            data = bytes(byte ^ mask[index % 4] for index, byte in enumerate(await self.reader.readexactly(size)))
            if opcode == 8:
                return None
            if opcode == 9:
                await self.send(data, 10)
            elif opcode in (1, 2):
                return data.decode(errors="replace")


class Server:
    def __init__(self, handler, body_limit=512 * 1024 * 1024):
        self.handler, self.body_limit = handler, body_limit

    async def serve(self, host, port):
        self.server = await asyncio.start_server(self.connection, host, port, limit=256 * 1024)
        return self.server.sockets[0].getsockname()[1]

    async def connection(self, reader, writer):
        try:
            while await self.exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.TimeoutError, TimeoutError):
            pass
        finally:
            writer.close()

    async def read_head(self, reader, writer, patience):
        head = b""
        while b"\r\n\r\n" not in head:
            part = await asyncio.wait_for(reader.read(4096), patience)
            if not part:
                return None, b""
            head += part
            if len(head.partition(b"\r\n\r\n")[0]) > HEAD_LIMIT:
                writer.write(b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n")
                await writer.drain()
                return None, b""
        head, _, rest = head.partition(b"\r\n\r\n")
        return head.decode("latin-1").split("\r\n"), rest

    async def exchange(self, reader, writer):
        # A connection that never sends stays open.
        first = await asyncio.wait_for(reader.read(1), KEEP_ALIVE if getattr(writer, "used", False) else None)
        if not first:
            return False
        reader._buffer[:0] = first
        writer.used = True
        lines, rest = await self.read_head(reader, writer, 60)
        if lines is None:
            return False
        reader._buffer[:0] = rest
        request = self.parse(lines, writer)
        if request is None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return False
        await self.read_body(request, reader, writer)
        return await self.answer(request, await self.handler(request), reader, writer)

    def parse(self, lines, writer):
        parts = lines[0].split(" ")
        fields = [(line.partition(":")[0], line.partition(":")[2].strip()) for line in lines[1:]]
        if len(parts) != 3 or parts[0] not in METHODS or any(not name or " " in name for name, _ in fields):
            return None
        if parts[2] == "HTTP/1.1" and not any(name.lower() == "host" for name, _ in fields):
            return None
        peer = writer.get_extra_info("peername") or ("127.0.0.1",)
        return Request(parts[0], parts[1], parts[2], fields, peer[0])

    async def read_body(self, request, reader, writer):
        if (request.field("expect") or "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if (request.field("transfer-encoding") or "").lower() == "chunked":
            while size := int((await reader.readline()).split(b";")[0], 16):
                request.body += await reader.readexactly(size)
                await reader.readline()
            while (await reader.readline()).strip():
                pass
        elif length := int(request.field("content-length") or 0):
            request.body = await reader.readexactly(length)

    def head(self, request, status, fields, closes):
        date = datetime.datetime.now(datetime.timezone.utc).strftime("%a, %d %b %Y %H:%M:%S GMT")
        fields = list(fields) + [("Date", date)]
        if not any(name.lower() == "connection" for name, _ in fields):
            fields += [("Connection", "close")] if closes else [("Connection", "keep-alive"), ("Keep-Alive", "timeout=5")]
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}"] + [f"{name}: {value}" for name, value in fields]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    async def answer(self, request, response, reader, writer):
        closes = (request.field("connection") or "").lower() == "close" or request.version == "HTTP/1.0"
        if response is None:
            await asyncio.sleep(3600)
            return False
        if isinstance(response, Upgrade):
            return await self.upgrade(request, response, reader, writer)
        if isinstance(response, Stream):
            return await self.stream(request, response, writer)
        fields = list(response.fields)
        if response.status not in (204, 304):
            fields.append(("Content-Length", str(len(response.body))))
        if response.etag:
            fields.append(("ETag", express_etag(response.body)))
        body = b"" if request.method == "HEAD" or response.status in (204, 304) else response.body
        writer.write(self.head(request, response.status, fields, closes) + body)
        await writer.drain()
        return not closes

    async def stream(self, request, response, writer):
        is_old = request.version == "HTTP/1.0"
        fields = response.fields + ([] if is_old else [("Transfer-Encoding", "chunked")])
        writer.write(self.head(request, response.status, fields, is_old))
        await writer.drain()
        async for piece in response.source:
            data = piece.encode()
            writer.write(data if is_old else f"{len(data):x}\r\n".encode() + data + b"\r\n")
            await writer.drain()
        if not is_old:
            writer.write(b"0\r\n\r\n")
            await writer.drain()
            # Also to a client that said `close`: the connection was closed 5 to 6 s later.
        return not is_old

    async def upgrade(self, request, response, reader, writer):
        key = (request.field("sec-websocket-key") or "") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())
        await writer.drain()
        await response.run(WebSocket(reader, writer))
        return False


async def post_json(url, value, timeout=60):
    """What a workflow's HTTP node does."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    body = json.dumps(value).encode()
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    writer.write(
        f"POST {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout)
    rest = await asyncio.wait_for(reader.read(), timeout)
    writer.close()
    status = int(head.split(b" ")[1])
    if b"transfer-encoding: chunked" in head.lower():
        whole, at = b"", 0
        while size := int(rest[at:].split(b"\r\n", 1)[0].split(b";")[0], 16):
            at = rest.index(b"\r\n", at) + 2
            whole += rest[at:at + size]
            at += size + 2
        rest = whole
    return status, rest


def run(start, stop):
    """Runs until SIGTERM or SIGINT; the exit status is what `stop` says."""

    async def main():
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        starting = asyncio.create_task(start())
        waiting = asyncio.create_task(ended.wait())
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
        await waiting
        status = await stop()
        sys.stdout.flush()
        # What still waits for an answer ends with the process.
        os._exit(status)

    asyncio.run(main())
