"""A small upstream: answers what it was sent as JSON, and streams lines that never end.

    GET /...       {"method", "path", "fields"} of the request; ?status=503 answers with that status
    GET /stream    a line with a counter each 50 ms, until the reader goes away
"""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        target = urlsplit(self.path)
        if target.path == "/stream":
            return self.stream()
        body = json.dumps({"method": self.command, "path": self.path, "fields": self.headers.items()}).encode()
        self.send_response(int(parse_qs(target.query).get("status", ["200"])[0]))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        number = 0
        try:
            while True:
                line = f"{number}\n".encode()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
                number += 1
                time.sleep(0.05)
        except OSError:
            self.close_connection = True
            print(f"the reader of a stream went away after {number} lines", flush=True)

    def log_message(self, *_) -> None:
        pass


# A slow start, for tests that need the time.
time.sleep(float(os.environ.get("START_AFTER", "0")))
print(f"hello listens on {os.environ['PORT']}", flush=True)
if len(sys.argv) > 1 and sys.argv[1] == "with-child":
    # A child of its own, which must not outlive it.
    import subprocess

    subprocess.Popen(["sleep", "3600"])
ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Hello).serve_forever()
