"""The proxies beside Leanto, each with what a person would set for speed, one worker, Basic Auth and a record of each access.

Where a peer may hash the password cheaply, it may here: what is compared is the path of a request, not bcrypt. Records are written in
batches where a peer can do that.
"""

import base64
import hashlib
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .tools import PASSWORD, ROOT, USER

SHA = "{SHA}" + base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()


@dataclass
class Place:
    """Where a proxy runs: its folder, its port, and the upstream's."""

    folder: Path
    port: int
    upstream: int
    # For tools that look at one process.
    one_process: bool = False
    # Of clients. nginx and HAProxy set memory aside for that many.
    connections: int = 2048

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o644)
        return path


@dataclass
class Peer:
    name: str
    program: str
    version: list[str]
    command: Callable[[Path, Place], list[str]]
    # Those it is measured in; all without.
    parts: list[str] | None = None

    def binary(self) -> str | None:
        local = ROOT / "build" / "peers" / "bin" / self.program
        return str(local) if local.exists() else shutil.which(self.program, path="/usr/sbin:/usr/bin:/usr/local/bin")

    def release(self) -> str:
        done = subprocess.run([self.binary(), *self.version], capture_output=True, text=True)
        found = re.search(r"\d+\.\d+(\.\d+)?", done.stdout + done.stderr)
        return found.group() if found else "?"


def nginx(binary: Path, at: Place, buffers: str = "") -> list[str]:
    at.file("users", f"{USER}:{SHA}\n")
    at.folder.chmod(0o755)
    settings = at.file(
        "nginx.conf",
        f"""
daemon off; master_process {"off" if at.one_process else "on"}; worker_processes 1; pid {at.folder}/nginx.pid; error_log {at.folder}/error.log warn;
events {{ worker_connections {2 * at.connections}; }}
http {{
  map $http_upgrade $connection_of_service {{ default upgrade; "" ""; }}
  log_format record escape=json '{{"time":"$time_iso8601","client":"$remote_addr","user":"$remote_user","request":"$request",'
    '"status":$status,"bytes":$body_bytes_sent,"seconds":$request_time}}';
  access_log {at.folder}/access.log record buffer=32k flush=1s;
  keepalive_requests 1000000000; client_body_temp_path {at.folder}/b; proxy_temp_path {at.folder}/p;
  fastcgi_temp_path {at.folder}/f; uwsgi_temp_path {at.folder}/u; scgi_temp_path {at.folder}/s;
  upstream service {{ server 127.0.0.1:{at.upstream}; keepalive 128; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{at.port};
    location / {{
      auth_basic door; auth_basic_user_file {at.folder}/users;
      proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection $connection_of_service;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Host $host;
      proxy_set_header Authorization ""; proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
      proxy_buffering off; {buffers}
    }}
  }}
}}
""",
    )
    return [str(binary), "-c", str(settings)]


def nginx_with_large_buffers(binary: Path, at: Place) -> list[str]:
    """Without buffering it reads 8 KiB at a time, unless told otherwise; large ones are dear where connections idle."""
    return nginx(binary, at, "proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 64k;")


def haproxy(binary: Path, at: Place) -> list[str]:
    settings = at.file(
        "haproxy.cfg",
        f"""
global
  nbthread 1
  maxconn {at.connections}
  log stdout format raw local0
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option http-keep-alive
  option http-no-delay
  http-reuse always
  log global
  option httplog
userlist people
  user {USER} insecure-password {PASSWORD}
frontend door
  bind 127.0.0.1:{at.port}
  http-request auth unless {{ http_auth(people) }}
  http-request del-header Authorization
  http-request set-header X-Forwarded-For %[src]
  default_backend service
backend service
  server one 127.0.0.1:{at.upstream}
""",
    )
    return [str(binary), "-f", str(settings), "-db"]


def caddy(binary: Path, at: Place) -> list[str]:
    hashed = subprocess.run(
        [str(binary), "hash-password", "--plaintext", PASSWORD], capture_output=True, text=True, check=True
    ).stdout.strip()
    settings = at.file(
        "Caddyfile",
        f"""
{{
  admin off
  auto_https off
  persist_config off
}}
http://:{at.port} {{
  bind 127.0.0.1
  log {{
    output file {at.folder}/access.log
    format json
  }}
  basic_auth {{
    {USER} {hashed}
  }}
  reverse_proxy 127.0.0.1:{at.upstream} {{
    header_up -Authorization
    flush_interval -1
  }}
}}
""",
    )
    return [str(binary), "run", "--config", str(settings), "--adapter", "caddyfile"]


def traefik(binary: Path, at: Place) -> list[str]:
    at.file(
        "dynamic.yaml",
        f"""
http:
  middlewares: {{ door: {{ basicAuth: {{ users: ["{USER}:{SHA}"], removeHeader: true }} }} }}
  services: {{ service: {{ loadBalancer: {{ servers: [{{ url: "http://127.0.0.1:{at.upstream}" }}] }} }} }}
  routers: {{ all: {{ rule: "PathPrefix(`/`)", service: service, middlewares: [door], entryPoints: [door] }} }}
""",
    )
    settings = at.file(
        "traefik.yaml",
        f"""
entryPoints: {{ door: {{ address: "127.0.0.1:{at.port}" }} }}
providers: {{ file: {{ filename: "{at.folder}/dynamic.yaml" }} }}
accessLog: {{ filePath: "{at.folder}/access.log", format: json, bufferingSize: 100 }}
global: {{ checkNewVersion: false, sendAnonymousUsage: false }}
""",
    )
    return [str(binary), f"--configfile={settings}"]


def envoy(binary: Path, at: Place) -> list[str]:
    settings = at.file(
        "envoy.yaml",
        f"""
static_resources:
  listeners:
  - address: {{ socket_address: {{ address: 127.0.0.1, port_value: {at.port} }} }}
    filter_chains:
    - filters:
      - name: http
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: door
          codec_type: HTTP1
          upgrade_configs: [{{ upgrade_type: websocket }}]
          access_log:
          - name: file
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
              path: {at.folder}/access.log
          route_config:
            virtual_hosts:
            - {{ name: all, domains: ["*"], routes: [{{ match: {{ prefix: "/" }}, route: {{ cluster: service }} }}] }}
          http_filters:
          - name: basic
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.basic_auth.v3.BasicAuth
              users: {{ inline_string: "{USER}:{SHA}" }}
          - name: router
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
  clusters:
  - name: service
    connect_timeout: 5s
    circuit_breakers: {{ thresholds: [{{ max_connections: 65536, max_requests: 65536 }}] }}
    load_assignment:
      cluster_name: service
      endpoints:
      - lb_endpoints:
        - endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {at.upstream} }} }} }}
""",
    )
    return [str(binary), "-c", str(settings), "--concurrency", "1", "--log-level", "warn", "--disable-hot-restart"]


PEERS = [
    Peer("nginx", "nginx", ["-v"], nginx),
    Peer("nginx-64k", "nginx", ["-v"], nginx_with_large_buffers, parts=["requests"]),
    Peer("HAProxy", "haproxy", ["-v"], haproxy),
    Peer("Envoy", "envoy", ["--version"], envoy),
    Peer("Traefik", "traefik", ["version"], traefik),
    Peer("Caddy", "caddy", ["version"], caddy),
]
