"""The recordings of n8n, in an order in which each finds what it needs."""

import contextlib

from replay import PASSWORD, Instance, cookies, load, replay, report

# Written by hand from a run, and no exchange that the stand-in could be asked for.
UNUSED = {
    "restore-errors": "start-up errors of a restored folder", "shutdown": "what happens at SIGTERM", "startup-timeline": "times",
}
STATIC = [
    "asset-js", "asset-missing", "bot-blocked", "chat-page", "chat-post", "chat-streaming", "form-page", "form-submit",
    "form-submit-null-origin", "healthz", "mcp-initialize", "mcp-tools-list", "public-api-401", "readiness", "root-html",
    "unknown-path-html", "webhook-get", "webhook-head", "webhook-html", "webhook-options", "webhook-options-unregistered",
    "webhook-streaming", "webhook-test-unregistered", "webhook-unregistered", "webhook-waiting-no-signature", "webhook-wrong-method",
    "startup-healthz-200-0", "startup-healthz-readiness-200-1", "startup-rest-login-401-2", "startup-root-200-2",
    "startup-webhook-x-404-2", "startup-api-v1-workflows-401-2",
]
SHAPED = {
    "bot-blocked": True, "root-html": False, "unknown-path-html": False, "startup-root-200-2": False, "chat-page": False,
    "form-page": False,
}


def run():
    everything = dict(load("n8n"))
    done = set()

    def play(names, instance, **options):
        for name in names:
            replay(name, everything[name], instance, exact=SHAPED.get(name, options.get("exact", True)),
                   **{key: value for key, value in options.items() if key != "exact"})
            done.add(name)

    with contextlib.ExitStack() as stack:
        def instance(**environment):
            made = Instance("n8n", **environment)
            stack.callback(made.end)
            return made

        main = instance()
        main_session = owners(everything, main, play)
        play(STATIC, main)
        keys(everything, main, main_session, play)
        push(everything, main, main_session, play, done)
        waiting(everything, main, play)
        play(["webhook-post"], main, exact=False)
        large(everything, main, play)
        starting, unrouted = instance(STAND_IN_HOLD="starting"), instance(STAND_IN_HOLD="unrouted")
        for name in everything:
            if name.startswith("startup-") and name not in done and name not in UNUSED:
                play([name], starting if name.endswith("-0") else unrouted if "-404-1" in name else main, exact="settings" not in name)
        metrics = instance(N8N_METRICS="true")
        play(["metrics"], metrics)
        insecure = instance(N8N_SECURE_COOKIE="false", N8N_PATH="/n8n/")
        insecure.post("/rest/owner/setup", {"email": "env@example.com", "firstName": "E", "lastName": "O", "password": "EnvPassw0rd"})
        play(["login-insecure-cookie-path"], insecure, exact=False)
        events(everything, instance(N8N_PUSH_BACKEND="sse"), done)
        addresses(everything, instance(N8N_PROXY_HOPS="1"), done)
    for name in everything:
        if name not in done:
            print(f"unused n8n/{name}: {UNUSED[name]}" if name in UNUSED else f"bad n8n/{name}: not replayed", flush=True)


def owners(everything, main, play):
    play(["settings-unclaimed"], main, replaced=[], exact=False)
    play(["owner-setup-weak-password"], main)
    play(["owner-setup"], main, exact=False)
    play(["owner-setup-again"], main)
    play(["settings-claimed"], main, exact=False)
    play(["login-wrong"], main)
    play(["login-ok"], main, exact=False)
    for _ in range(5):
        main.post("/rest/login", {"emailOrLdapLoginId": "x@example.com", "password": "Wrong12345"})
    play(["login-throttled"], main)
    owner = {"emailOrLdapLoginId": "owner@example.com", "password": "Passw0rdDummy"}
    return cookies(main.post("/rest/login", owner, [("browser-id", "b-1")])[1]).partition("=")[2]


def keys(everything, main, session, play):
    swap = [("n8n-auth=DUMMY.JWT.TOKEN", "n8n-auth=" + session)]
    play(["settings-logged-in"], main, replaced=swap, exact=False)
    import json

    answer = replay("api-key-create", everything["api-key-create"], main, replaced=swap, exact=False)
    play([], main)
    key = json.loads(answer[2])["data"]["rawApiKey"]
    play(["api-key-create"], main, replaced=swap, exact=False)
    play(["public-api-200"], main, replaced=[("DUMMY.JWT.TOKEN", key)])


def push(everything, main, session, play, done):
    swap = [("n8n-auth=DUMMY.JWT.TOKEN", "n8n-auth=" + session)]
    play(["push-101", "push-no-cookie", "push-refused-origin"], main, replaced=swap)
    handshake = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
                 ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Cookie", "n8n-auth=" + session)]
    wrong = []
    for case in everything["push-origin-matrix"]["cases"]:
        fields = [(name, value) for name, value in case.items() if name != "result" and value is not None]
        frames = main.send("GET", "/rest/push?pushRef=r1", handshake + fields)[2]
        got = "open" if frames == [] else "refused" if frames == ["text:Invalid origin!", "close 1008"] else frames
        if got != case["result"].partition(" ")[0]:
            wrong.append((case, got))
    report("n8n/push-origin-matrix", f"{wrong}" if wrong else None)
    silent = []
    for path in everything["upgrade-other-paths"]["noAnswerSocketStaysOpen"]:
        try:
            silent.append((path, main.send("GET", path.replace("PATH", "h1get"), handshake, wait=0.3)[0]))
        except TimeoutError:
            pass
    for path, frames in (("/chat", ["close 1008"]), ("/chat?sessionId=a", ["text:Connection rejected", "close 1008"]), ("/chatty", [])):
        if (got := main.send("GET", path, handshake)[2]) != frames:
            silent.append((path, got))
    report("n8n/upgrade-other-paths", f"{silent}" if silent else None)
    done.update(["push-origin-matrix", "upgrade-other-paths"])


def waiting(everything, main, play):
    import json

    play(["webhook-wait-start"], main, exact=False)
    link = json.loads(main.send("GET", "/webhook/h1wait", [])[2])["resume"]
    number, signature = link.rsplit("/", 1)[1].split("?signature=")
    swap = [("/4?", f"/{number}?"), ("0" * 64, signature)]
    play(["webhook-waiting-resume"], main, replaced=swap)
    play(["webhook-waiting-again"], main, replaced=swap, exact=False)


def large(everything, main, play):
    play(["webhook-too-large"], main, body=b'{"a":"' + b"x" * (17301504 - 8) + b'"}')
    play(["webhook-upload-multipart-20MB"], main, body=b"x" * 20971636)
    answer = main.send("GET", "/healthz", [("X-Big", "a" * 17000)])
    report("n8n/header-too-large", None if answer[0] == 431 else f"status {answer[0]}")
    play([], main)
    everything["header-too-large"]["request"]["headers"]["X-Big"] = "a" * 17000
    play(["header-too-large"], main)


def events(everything, instance, done):
    owner = {"email": "o@example.com", "firstName": "O", "lastName": "W", "password": PASSWORD}
    cookie = cookies(instance.post("/rest/owner/setup", owner)[1])
    fields = {
        "no Origin, no Sec-Fetch-Site": [], "no Origin, Sec-Fetch-Site: same-origin": [("Sec-Fetch-Site", "same-origin")],
        "Sec-Fetch-Site: cross-site": [("Sec-Fetch-Site", "cross-site")],
        "Origin equal to Host": [("Origin", f"http://127.0.0.1:{instance.port}")], "foreign Origin": [("Origin", "https://evil.example")]}
    wrong = []
    for name, status in everything["sse-push"]["cases"]:
        try:
            got = instance.send("GET", "/rest/push?pushRef=r9", [("Cookie", cookie)] + fields[name], wait=1)[0]
        except TimeoutError:
            # A stream that goes on.
            got = 200
        if got != status:
            wrong.append((name, got))
    report("n8n/sse-push", f"{wrong}" if wrong else None)
    done.add("sse-push")


def addresses(everything, instance, done):
    wrong = []
    for value, status in everything["client-address"]["cases"]:
        got = instance.send("GET", "/webhook/h1ip", [("X-Forwarded-For", value)] if value else [])[0]
        if got != status:
            wrong.append((value, got))
    report("n8n/client-address", f"{wrong}" if wrong else None)
    done.add("client-address")
