"""Which Host and Origin a stand-in for Ollama takes (Tests/StandIns/ollama/FACTS.md, "Host" and "Origin")."""

import ipaddress
import re
import socket

PRIVATE = [ipaddress.ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")]
ORIGINS = [
    re.compile(re.escape(pattern).replace(r"\*", ".*") + r"\Z", re.DOTALL)
    for host in ("localhost", "127.0.0.1", "0.0.0.0")
    for scheme in ("http", "https")
    for pattern in (f"{scheme}://{host}", f"{scheme}://{host}:*")
] + [re.compile(f"{scheme}://.*", re.DOTALL) for scheme in ("app", "file", "tauri", "vscode-webview", "vscode-file")]

PREFLIGHT = {
    "Access-Control-Allow-Headers": "Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,X-Stainless-Arch,"
    "X-Stainless-Async,X-Stainless-Custom-Poll-Interval,X-Stainless-Helper-Method,X-Stainless-Lang,X-Stainless-Os,"
    "X-Stainless-Package-Version,X-Stainless-Poll-Helper,X-Stainless-Retry-Count,X-Stainless-Runtime,"
    "X-Stainless-Runtime-Version,X-Stainless-Timeout",
    "Access-Control-Allow-Methods": "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS",
    "Access-Control-Max-Age": "43200",
    "Allow": "POST",
    "Vary": "Access-Control-Request-Headers",
}


def without_port(host: str) -> str:
    if host.startswith("["):
        # Without a port the brackets stay, and no rule fits what has them.
        return host[1 : host.index("]")] if "]:" in host else host
    return host.rsplit(":", 1)[0] if host.count(":") == 1 else host


def is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
        return True
    except ValueError:
        return False


def host_is_allowed(field: str) -> bool:
    host = without_port(field)
    if is_literal(host):
        address = ipaddress.ip_address(host)
        private = any(address.version == n.version and address in n for n in PRIVATE)
        return address.is_loopback or address.is_unspecified or private
    host = host.lower()
    return host in ("", "localhost", socket.gethostname().lower()) or host.endswith((".localhost", ".local", ".internal"))


def origin_is_allowed(origin: str) -> bool:
    return any(pattern.match(origin) for pattern in ORIGINS)
