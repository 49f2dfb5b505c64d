"""Runs one line in a JupyterLab kernel through its websocket, and prints what the kernel printed."""

import asyncio
import json
import uuid
from http.cookies import SimpleCookie

import websockets
from client import BASIC, options, request

given = options("base")


def message(kind: str, content: dict) -> str:
    header = {"msg_id": uuid.uuid4().hex, "username": "ada", "session": "one", "msg_type": kind, "version": "5.3"}
    return json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []})


async def run(kernel: str) -> str:
    url = f"{given.base.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels?session_id=one"
    async with websockets.connect(url, additional_headers=signed_in, origin=origin, open_timeout=20) as socket:
        code = {"code": "print(6 * 7, 'x' * 70000)", "silent": False, "store_history": False, "allow_stdin": False}
        await socket.send(message("execute_request", code))
        async with asyncio.timeout(40):
            while True:
                received = json.loads(await socket.recv())
                if received["msg_type"] == "stream":
                    return received["content"]["text"]


# JupyterLab wants its cookie back in a field before it does anything, and looks at the origin of a websocket.
origin = "/".join(given.base.split("/")[:3])
cookies = SimpleCookie(";".join(request(f"{given.base}/lab").headers.get_all("Set-Cookie", [])))
xsrf = cookies["_xsrf"].value
signed_in = {"Authorization": BASIC, "Cookie": "; ".join(f"{c.key}={c.value}" for c in cookies.values() if c.value)}
kernel = json.load(request(f"{given.base}/api/kernels", {}, {**signed_in, "X-XSRFToken": xsrf, "Origin": origin}))["id"]
text = asyncio.run(run(kernel))
print(json.dumps({"answer": text.split()[0], "length": len(text)}))
