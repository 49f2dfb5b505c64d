"""Speaks to one echo server of the `websockets` package twice, directly and through a gateway, frame by frame, and compares.

Ports of the server and of the gateway are the arguments. Ends with 1 when one conversation went otherwise through the gateway.
"""

import asyncio
import base64
import hashlib
import itertools
import os
import struct
import sys

from websockets.asyncio.server import serve

TEXT, BINARY, CLOSE, PING, PONG, CONTINUED = 1, 2, 8, 9, 10, 0


def frame(opcode, payload=b"", fin=True, rsv=0, masked=True, length=None):
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    size = len(payload) if length is None else length
    mask = 0x80 if masked else 0
    if size < 126:
        head += bytes([mask | size])
    elif size < 65536:
        head += bytes([mask | 126]) + struct.pack(">H", size)
    else:
        head += bytes([mask | 127]) + struct.pack(">Q", size)
    if not masked:
        return head + payload
    key = b"\x01\x02\x03\x04"
    repeated = (key * (len(payload) // 4 + 1))[: len(payload)]
    return head + key + (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(len(payload), "big")


def closing(code=1000, reason=b""):
    return frame(CLOSE, struct.pack(">H", code) + reason)


UMLAUTS = "Hällö-µ@ß €uro 🚀".encode()


def cases():
    """Names, with what is sent: pieces, each a write of its own."""
    for size in [0, 1, 125, 126, 127, 128, 65535, 65536, 1 << 20, 16 << 20]:
        yield f"text of {size}", [frame(TEXT, b"*" * size), closing()]
        yield f"binary of {size}", [frame(BINARY, b"\xfe" * size), closing()]
    yield "one frame, byte by byte", [bytes([b]) for b in frame(TEXT, UMLAUTS) + closing()]
    yield "a message in fragments", [frame(TEXT, b"a", fin=False), frame(CONTINUED, b"b", fin=False), frame(CONTINUED, b"c"), closing()]
    yield "fragments of nothing", [frame(TEXT, fin=False), frame(CONTINUED, fin=False), frame(CONTINUED), closing()]
    yield "a ping between fragments", [frame(TEXT, b"a", fin=False), frame(PING, b"p"), frame(CONTINUED, b"b"), closing()]
    yield "characters cut by fragments", [frame(TEXT if i == 0 else CONTINUED, UMLAUTS[i : i + 1], fin=i == len(UMLAUTS) - 1) for i in range(len(UMLAUTS))] + [closing()]
    yield "a hundred messages in one write", [b"".join(frame(TEXT, b"%d" % i) for i in range(100)) + closing()]
    for size in [0, 1, 125]:
        yield f"ping of {size}", [frame(PING, b"\x00" * size), closing()]
    yield "ping of 126", [frame(PING, b"x" * 126)]
    yield "pong that nobody asked for", [frame(PONG, b"x"), frame(TEXT, b"after"), closing()]
    yield "pings, byte by byte", [bytes([b]) for b in b"".join(frame(PING, b"%d" % i) for i in range(10)) + closing()]
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]:
        yield f"reserved opcode {opcode}", [frame(opcode, b"x")]
    for rsv in range(1, 8):
        yield f"reserved bits {rsv}", [frame(TEXT, b"x", rsv=rsv)]
    yield "not masked", [frame(TEXT, b"x", masked=False)]
    yield "a continuation of nothing", [frame(CONTINUED, b"x")]
    yield "a message inside a message", [frame(TEXT, b"a", fin=False), frame(TEXT, b"b")]
    yield "a ping in fragments", [frame(PING, b"a", fin=False)]
    for bad in [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"ok \xce\xba\xe1\xbd\xb9\xcf\x83\xed"]:
        yield f"no UTF-8: {bad.hex()}", [frame(TEXT, bad)]
        yield f"no UTF-8 in fragments: {bad.hex()}", [frame(TEXT, bad[:1], fin=False), frame(CONTINUED, bad[1:])]
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999, 0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535]:
        yield f"close {code}", [closing(code)]
    yield "close without a code", [frame(CLOSE)]
    yield "close of one byte", [frame(CLOSE, b"\x03")]
    yield "close with a reason", [closing(1000, UMLAUTS)]
    yield "close with a reason of 123", [closing(1000, b"x" * 123)]
    yield "close with a reason that is no UTF-8", [closing(1000, b"\xff")]
    yield "close of 126", [frame(CLOSE, struct.pack(">H", 1000) + b"x" * 124)]
    yield "a message behind close", [closing() + frame(TEXT, b"late")]
    yield "a length with its first bit", [b"\x82\xff" + b"\xff" * 8 + b"\x01\x02\x03\x04"]


async def talk(port, pieces):
    """The frames that come back, until the other side ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 26)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
    if not head.startswith(b"HTTP/1.1 101 ") or accept not in head:
        return [head]
    frames = []

    async def read():
        try:
            while True:
                first, second = await reader.readexactly(2)
                size = second & 127
                if size > 125:
                    size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
                payload = await reader.readexactly(size)
                frames.append((first, size, payload if size < 200 else hashlib.sha256(payload).hexdigest()))
        except (asyncio.IncompleteReadError, ConnectionError):
            frames.append("end")

    reading = asyncio.create_task(read())
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            # Each a segment of its own, as far as anybody can say that.
            await asyncio.sleep(0)
        await asyncio.wait_for(reading, 20)
    except ConnectionError:
        await reading
    writer.close()
    return frames


async def echo(socket):
    async for message in socket:
        await socket.send(message)


async def main(server, gateway):
    failures = 0
    async with serve(echo, "127.0.0.1", server, max_size=None, compression=None, ping_interval=None):
        await until_served(gateway)
        names = 0
        for name, pieces in cases():
            names += 1
            direct, through = await talk(server, pieces), await talk(gateway, pieces)
            if direct != through:
                failures += 1
                print(f"{name}: directly {direct!r:.300}, through the gateway {through!r:.300}", flush=True)
        hundred = await asyncio.gather(*(talk(gateway, [frame(TEXT, b"%d" % i), closing()]) for i in range(100)))
        if any(frames[0] != (0x81, len(b"%d" % i), b"%d" % i) for i, frames in enumerate(hundred)):
            failures += 1
            print("a hundred at once: somebody else's messages", flush=True)
    print(f"{names + 1} conversations, {failures} went otherwise")
    return failures


async def until_served(port):
    for _ in itertools.repeat(None, 200):
        frames = await talk(port, [closing()])
        if len(frames) > 1:
            return
        await asyncio.sleep(0.1)


sys.exit(1 if asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]))) else 0)
