"""A page with sixty files whose names change with their content, served as Flowise serves its own: nobody may keep them, each has an
ETag. With `reload URL` it is the browser: loads the page twice with a cache by the rules (RFC 9111), and prints how many requests each
load took."""

import os
import re
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAMES = [f"/assets/part{number}-Bx{number:02}Y3_kQ.js" for number in range(60)]


class Application(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        tag = f'W/"{len(self.path)}"'
        body = b"".join(b'<script src="%s"></script>' % name.encode() for name in NAMES) if self.path == "/" else b"1;" * 500
        same = self.headers.get("If-None-Match") == tag
        self.send_response(304 if same else 200)
        self.send_header("Cache-Control", "public, max-age=0")
        self.send_header("ETag", tag)
        if not same:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not same:
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def load(url, cache):
    """Fetches the page and its files, as far as the cache does not have them fresh; gives the number of requests."""
    count = 0

    def fetch(path):
        nonlocal count
        known = cache.get(path)
        if known and known["fresh"]:
            return known["body"]
        request = urllib.request.Request(url + path, headers={"Authorization": os.environ["DOOR"]})
        if known:
            request.add_header("If-None-Match", known["tag"])
        count += 1
        try:
            with urllib.request.urlopen(request) as answer:
                age = re.search(r"max-age=(\d+)", answer.headers.get("Cache-Control", ""))
                cache[path] = {"body": answer.read(), "tag": answer.headers["ETag"], "fresh": bool(age) and int(age[1]) > 0}
        except urllib.error.HTTPError as error:
            if error.code != 304:
                raise
        return cache[path]["body"]

    for name in re.findall(rb'src="([^"]*)"', fetch("/")):
        fetch(name.decode())
    return count


if sys.argv[1:2] == ["reload"]:
    cache = {}
    print(load(sys.argv[2], cache), load(sys.argv[2], cache))
else:
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Application).serve_forever()
