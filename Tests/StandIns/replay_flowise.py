"""The recordings of Flowise, in an order in which each finds what it needs."""

import contextlib
import json
import socket

from replay import PASSWORD, Instance, cookies, load, replay, report

UNUSED = {"credential-read-lost-key": "a folder whose key was lost"}
FIRST = ["resolve-unclaimed", "login-unclaimed", "register-bad-password"]
CLAIMED = [
    "resolve-claimed", "register-second", "path-with-tag", "login-bad-json", "login-unknown", "login-wrong", "chatflows-basic",
    "chatflows-internal-no-cookie", "chatflows-no-key", "chatflows-streaming", "chatflows-uploads", "ip", "mcp-basic", "mcp-get",
    "mcp-unauthenticated", "metrics-default", "metrics-api", "options-chatflows", "options-prediction", "options-prediction-known",
    "path-bad-percent", "ping", "ping-http10", "public-chatbotConfig", "public-chatbotConfig-private", "public-chatflows",
    "public-chatflows-private", "public-chatflows-unknown", "settings", "version", "unknown-api-path", "abort",
    "prediction-bad-id", "prediction-httpnode-denied", "prediction-keyed-basic", "prediction-keyed-no-key",
    "prediction-keyed-no-key-sse", "prediction-sse", "prediction-agentflow-sse", "prediction-unknown", "webhook-get",
    "webhook-not-webhook-flow", "webhook-unknown", "webhook-wrong-method",
]
# With identifiers, or pages of another size.
SHAPED = [
    "asset", "asset-missing", "root-html", "unknown-path", "prediction-get", "prediction-dotdot", "prediction-dotdot-enc",
    "prediction-json", "prediction-json-basic", "prediction-agentflow", "prediction-sse-slow", "webhook-ok",
]
PAGES = {"mcp-get", "metrics-default"}


def run():
    everything = dict(load("flowise"))
    done = set()

    def play(names, instance, exact=True, **options):
        for name in names:
            swap = options.get("replaced", []) + [("PASSWORD", PASSWORD)]
            replay(name, everything[name], instance, replaced=swap, exact=exact and name not in PAGES)
            done.add(name)

    with contextlib.ExitStack() as stack:
        def instance(**environment):
            made = Instance("flowise", **environment)
            stack.callback(made.end)
            return made

        main = instance()
        play(FIRST, main)
        play(["register"], main, exact=False)
        play(CLAIMED, main)
        play(SHAPED, main, exact=False)
        play(["login"], main, exact=False)
        signed_in(everything, main, play)
        denied = instance(STAND_IN_MODEL="private")
        play(["prediction-ollama-denied", "prediction-ollama-denied-sse"], denied)
        https = instance(APP_URL="https://flowise.test", TRUST_PROXY="1")
        https.post("/api/v1/account/register", account())
        play(["login-https", "login-https-no-proto"], https, exact=False)
        play(["ip-trust1", "logout"], https)
        metrics(instance(ENABLE_METRICS="true"), play)
        dead(everything, instance(STAND_IN_DATABASE="dead"), done)
        silent(everything, main, done)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        refused = probe.connect_ex(("127.0.0.1", 1)) != 0
    report("flowise/before-listening", None if refused else "something listens")
    done.add("before-listening")
    for name in everything:
        if name not in done:
            print(f"unused flowise/{name}: {UNUSED[name]}" if name in UNUSED else f"bad flowise/{name}: not replayed", flush=True)


def account():
    return {"user": {"name": "Owner", "email": "owner@flowise.test", "credential": PASSWORD}}


def key_of(instance, session):
    fields = [("x-request-from", "internal"), ("Cookie", session)]
    asked = {"keyName": "leanto", "permissions": ["chatflows:view"]}
    return json.loads(instance.post("/api/v1/apikey", asked, fields)[2])[0]["apiKey"]


def sign_in(instance):
    return cookies(instance.post("/api/v1/auth/login", {"email": "owner@flowise.test", "password": PASSWORD})[1])


def signed_in(everything, main, play):
    session = sign_in(main)
    swap = [("token=JWT; refreshToken=JWT; connect.sid=s%3ASESSION", session)]
    play(["chatflows-internal", "chatflows-internal-basic"], main, replaced=swap)
    play(["apikey-create", "credential-create", "credential-read"], main, exact=False, replaced=swap)
    key = [("FLOWISE_API_KEY", key_of(main, session))]
    play(["prediction-keyed-bearer", "chatflows-with-key"], main, exact=False, replaced=key)


def metrics(instance, play):
    instance.post("/api/v1/account/register", account())
    key = [("FLOWISE_API_KEY", key_of(instance, sign_in(instance)))]
    play(["metrics-enabled-no-key", "metrics-enabled-basic"], instance)
    play(["metrics-enabled-key"], instance, exact=False, replaced=key)


def dead(everything, instance, done):
    wrong = []
    for exchange in everything["database-dead"]["exchanges"]:
        request, want = exchange["request"], exchange["response"]
        try:
            body = (request.get("body") or "").encode()
            got = instance.send(request["method"], request["path"], [], body, wait=1)[0]
        except TimeoutError:
            got = 0
        if got != (want.get("status") or 0):
            wrong.append((request["path"], got, want.get("status")))
    report("flowise/database-dead", f"{wrong}" if wrong else None)
    done.add("database-dead")


def silent(everything, main, done):
    """Never answered."""
    request = everything["prediction-unknown-streaming"]["request"]
    try:
        got = main.send("POST", request["path"], [], request["body"].encode(), wait=1)[0]
    except TimeoutError:
        got = None
    report("flowise/prediction-unknown-streaming", None if got is None else f"status {got}")
    done.add("prediction-unknown-streaming")
