"""What the Python clients of these tests share: who signs in, and requests that do."""

import argparse
import base64
import json
import os
import urllib.request

USER = os.environ["DOOR_USER"]
PASSWORD = os.environ["DOOR_PASSWORD"]
BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def options(*names: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in names:
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args()


def request(url: str, body: dict | None = None, fields: dict | None = None):
    """An open answer; raises for a status of 400 or more."""
    data = None if body is None else json.dumps(body).encode()
    all_fields = {"Authorization": BASIC, "Content-Type": "application/json", **(fields or {})}
    return urllib.request.urlopen(urllib.request.Request(url, data=data, headers=all_fields), timeout=60)
