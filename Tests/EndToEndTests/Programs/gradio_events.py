"""Asks the Gradio chat through its queue: a POST that joins, then server-sent events. Prints when each piece of the answer came."""

import json
import time
import uuid

from client import options, request

base = options("base").base
session = uuid.uuid4().hex
config = json.load(request(f"{base}/config"))
chat = next(d for d in config["dependencies"] if d.get("api_name") == "answer")
join = {"data": ["word", []], "fn_index": chat["id"], "session_hash": session}
request(f"{base}/gradio_api/queue/join", join).read()

start = time.monotonic()
pieces = []
with request(f"{base}/gradio_api/queue/data?session_hash={session}") as events:
    for line in events:
        if not line.startswith(b"data:"):
            continue
        event = json.loads(line[5:])
        if event["msg"] == "process_generating":
            pieces.append(round(time.monotonic() - start, 3))
        if event["msg"] == "process_completed":
            print(json.dumps({"success": event["success"], "pieces": pieces, "output": json.dumps(event["output"])}))
            break
