/// Settings files that are wrong in its services: the file, `--`, and its problems in order.
let wrongServices = #"""
  == Services: a list
  services:
    - n8n
  --
  leanto.yaml:1: services: should be names with a service each, not a list
  == Services: a name with a capital
  services: { N8N: { preset: n8n } }
  --
  leanto.yaml:1: services.N8N: should be a name of lower-case letters, digits and inner hyphens, 40 at most
  == Services: leanto's own name
  services: { leanto: { preset: n8n } }
  --
  leanto.yaml:1: services.leanto: is taken by leanto itself: choose another name
  == Services: nothing but a name
  services:
    n8n:
  --
  leanto.yaml:2: services.n8n: needs one of preset, upstream, command or image
  == Services: a preset that there is not
  services: { n8n: { preset: n8m } }
  --
  leanto.yaml:1: services.n8n.preset: should name a preset, not "n8m"; did you mean n8n?
  == Services: the version latest
  services: { n8n: { preset: n8n, version: latest } }
  --
  leanto.yaml:1: services.n8n.version: should name a version, such as 2.41.3: latest is another one every day
  == Services: a version of nothing
  services: { a: { upstream: http://127.0.0.1:9000, version: 2 } }
  --
  leanto.yaml:1: services.a.version: belongs to a preset; an image has its version in its name
  == Services: an image without a version
  services: { a: { image: python } }
  --
  leanto.yaml:1: services.a.image: should name a version, such as python:3.13-slim: latest is another one every day
  == Services: a path without its slashes
  services:
    a: { preset: n8n, at: /n8n }
    b: { preset: n8n, at: n8n/ }
  --
  leanto.yaml:2: services.a.at: should end with a slash, not "/n8n"
  leanto.yaml:3: services.b.at: should be a path such as /notes/ or a host name such as notes.localhost, not "n8n/"
  == Services: leanto's own path
  services: { a: { preset: n8n, at: /leanto/n8n/ } }
  --
  leanto.yaml:1: services.a.at: should not be below /leanto/: leanto's own pages are there
  == Services: what the model's gate has
  llm: { expose: keys }
  services:
    a: { upstream: http://127.0.0.1:9000, at: /llm/ }
    b: { upstream: http://127.0.0.1:9001, at: ollama.localhost }
    llm: { upstream: http://127.0.0.1:9002, at: /c/ }
  --
  leanto.yaml:3: services.a.at: should be another place: this one is the model's gate (llm.expose: keys)
  leanto.yaml:4: services.b.at: should be another place: this one is the model's gate (llm.expose: keys)
  leanto.yaml:5: services.llm: should have another name: keys for llm open the model's gate (llm.expose: keys)
  == Services: an odd path
  services:
    a: { preset: n8n, at: /a//b/ }
    b: { preset: n8n, at: /a%2fb/ }
    c: { preset: n8n, at: /../ }
  --
  leanto.yaml:2: services.a.at: should have only letters, digits and - . _ ~ between its slashes
  leanto.yaml:3: services.b.at: should have only letters, digits and - . _ ~ between its slashes
  leanto.yaml:4: services.c.at: should have only letters, digits and - . _ ~ between its slashes
  == Services: a host name with a port
  services: { a: { preset: n8n, at: "n8n.example.com:8080" } }
  --
  leanto.yaml:1: services.a.at: should be a path such as /notes/ or a host name such as notes.localhost, not "n8n.example.com:8080"
  == Services: two at one place
  services:
    a: { preset: n8n, at: N8N.example.com }
    b: { preset: n8n, at: n8n.example.com }
  --
  leanto.yaml:3: services.b.at: should be another place than that of a
  == Services: an upstream with https
  services: { a: { upstream: https://127.0.0.1:9000 } }
  --
  leanto.yaml:1: services.a.upstream: https is not in this version: should be http://host:port, on a network that you trust
  == Services: an upstream with a path
  services: { a: { upstream: http://127.0.0.1:9000/app } }
  --
  leanto.yaml:1: services.a.upstream: should be http://host:port without a path
  == Services: an upstream with a password
  services: { a: { upstream: http://me:geheim@127.0.0.1:9000 } }
  --
  leanto.yaml:1: services.a.upstream: should be http://host:port without a user and password
  == Services: an upstream without http://
  services: { a: { upstream: 127.0.0.1:9000 } }
  --
  leanto.yaml:1: services.a.upstream: should be http://host:port or unix:path, not "127.0.0.1:9000"
  == Services: an upstream that is the gateway
  services:
    a: { at: /a/, upstream: http://localhost:8080 }
  --
  leanto.yaml:2: services.a.upstream: should be the service, not the gateway itself: gateway.local is 127.0.0.1:8080
  == Services: an upstream and a command
  services:
    a: { upstream: http://127.0.0.1:9000, command: [sleep, 9], port: 9000 }
  --
  leanto.yaml:2: services.a.command: cannot go together with upstream, which already runs
  leanto.yaml:2: services.a.port: cannot go together with upstream, which already runs
  == Services: a command as one text
  services: { a: { command: python3 worker.py } }
  --
  leanto.yaml:1: services.a.command: should be a list of the program and its arguments, such as [python3, worker.py], not "python3 worker.py"
  == Services: a command of nothing
  services: { a: { command: [] } }
  --
  leanto.yaml:1: services.a.command: should begin with a program, such as [python3, worker.py]
  == Services: a place without a port
  services:
    worker:
      command: [python3, worker.py]
      at: /worker/
  --
  leanto.yaml:2: services.worker.port: is needed by `at`: the port that the service listens at
  == Services: one port for two
  services:
    a: { command: [a], port: 9100 }
    b: { command: [b], port: 9100 }
  --
  leanto.yaml:3: services.b.port: should be another port than that of services.a.port
  == Services: a port of the gateway
  services:
    a: { command: [a], port: 8080 }
  --
  leanto.yaml:2: services.a.port: should be another port than that of gateway.local, which is 127.0.0.1:8080
  == Services: public classes without a preset
  services: { a: { upstream: http://127.0.0.1:9000, at: /a/, public: [webhooks] } }
  --
  leanto.yaml:1: services.a.public[0]: should be a path that starts with /, not "webhooks"
  == Services: a public class that there is not
  services: { n8n: { preset: n8n, public: [webhook, predictions] } }
  --
  leanto.yaml:1: services.n8n.public[0]: should be a class of n8n or a path that starts with /, not "webhook"; did you mean webhooks?
  leanto.yaml:1: services.n8n.public[1]: should be a class of n8n or a path that starts with /, not "predictions"; known: webhooks, forms, chat, mcp, oauth, files, api
  == Services: public paths that are not literal
  services:
    a:
      upstream: http://127.0.0.1:9000
      at: /a/
      public:
        - /../admin
        - /a//b
        - /a%2fb
        - /a?b
        - "/a#b"
        - Hook
  --
  leanto.yaml:6: services.a.public[0]: should be a literal path without ..
  leanto.yaml:7: services.a.public[1]: should be a literal path without //
  leanto.yaml:8: services.a.public[2]: should be a literal path without %
  leanto.yaml:9: services.a.public[3]: should be a literal path without ?
  leanto.yaml:10: services.a.public[4]: should be a literal path without #
  leanto.yaml:11: services.a.public[5]: should be a path that starts with /, not "Hook"
  == Services: what needs a place, without one
  services:
    a: { upstream: http://127.0.0.1:9000, auth: none, public: [/], echo: /ws }
  --
  leanto.yaml:2: services.a.public: needs `at`: without it nobody reaches the service through the gateway
  leanto.yaml:2: services.a.auth: needs `at`: without it nobody reaches the service through the gateway
  leanto.yaml:2: services.a.echo: needs `at`: without it nobody reaches the service through the gateway
  == Services: open at the tunnel's own name
  tunnel: { provider: ngrok, domain: lean.ngrok-free.app }
  services:
    a: { upstream: http://127.0.0.1:9000, at: lean.ngrok-free.app, auth: none }
  --
  leanto.yaml:3: services.a.auth: cannot be none at the tunnel's own name, where leanto always asks: list what may be open at `public`
  == Services: a prefix to strip from a host name
  services:
    a: { upstream: http://127.0.0.1:9000, at: a.localhost, prefix: keep }
  --
  leanto.yaml:2: services.a.prefix: belongs to a path at `at`, not to a host name
  == Services: after nobody
  services:
    notes: { preset: n8n }
    worker: { preset: n8n, after: [note, database] }
  --
  leanto.yaml:3: services.worker.after[0]: should name a service, not "note"; did you mean notes?
  leanto.yaml:3: services.worker.after[1]: should name a service, not "database"; known: notes, worker
  == Services: after itself
  services: { a: { preset: n8n, after: [a] } }
  --
  leanto.yaml:1: services.a.after: should not go in a circle: a after a
  == Services: a circle of three
  services:
    a: { preset: n8n, after: [b] }
    b: { preset: n8n, after: [c] }
    c: { preset: n8n, after: [a] }
  --
  leanto.yaml:2: services.a.after: should not go in a circle: a after b after c after a
  == Services: health by a word that there is not
  services: { a: { preset: n8n, health: http } }
  --
  leanto.yaml:1: services.a.health: should be tcp, none, { http: /path, status: 200 } or { command: [...] }, not "http"
  == Services: health by two means
  services: { a: { preset: n8n, health: { http: /, command: [true] } } }
  --
  leanto.yaml:1: services.a.health: should be tcp, none, { http: /path, status: 200 } or { command: [...] }
  == Services: health without a port
  services: { a: { command: [sleep, 9], health: { http: /healthz } } }
  --
  leanto.yaml:1: services.a.health: needs the service's port: write `port` too
  == Services: health with a status that there is not
  services: { a: { preset: n8n, health: { http: healthz, status: 2000 } } }
  --
  leanto.yaml:1: services.a.health.http: should be a path that starts with /, not "healthz"
  leanto.yaml:1: services.a.health.status: should be a whole number from 100 to 599, not "2000"
  == Services: environment as a list
  services: { a: { preset: n8n, environment: [MODE=fast] } }
  --
  leanto.yaml:1: services.a.environment: should be names and values such as { MODE: fast }, not a list
  == Services: a variable's odd name
  services: { a: { preset: n8n, environment: { my-mode: fast } } }
  --
  leanto.yaml:1: services.a.environment.my-mode: should be a variable's name of letters, digits and _
  == Services: data outside of the stack
  services: { a: { preset: n8n, data: [../other] } }
  --
  leanto.yaml:1: services.a.data[0]: should be a path such as data/worker, without .., not "../other"
  == Services: limits
  services: { a: { preset: n8n, limits: { memory: 512, cpus: all } } }
  --
  leanto.yaml:1: services.a.limits.memory: should be a size such as 64KiB, 200MiB or 2GiB, not "512"
  leanto.yaml:1: services.a.limits.cpus: should be a number of processors such as 0.5 or 2, not "all"
  == Services: volumes of a process
  services: { a: { command: [a], volumes: ["data:/data"] } }
  --
  leanto.yaml:1: services.a.volumes: belongs to a container: to an image or a preset
  == Services: a volume without a place
  services: { a: { image: "a:1", volumes: [data] } }
  --
  leanto.yaml:1: services.a.volumes[0]: should be a volume such as data/worker:/data or data/worker:/data:ro, not "data"
  == Services: a word in place of true
  services: { a: { preset: n8n, auth: off } }
  --
  leanto.yaml:1: services.a.auth: should be door or none, not "off"
  == Several: every problem of a file, in order of its lines
  name: Home!
  gatway: {}
  gateway:
    local: 8080
    tunnel: 127.0.0.1:9000
    internal: 127.0.0.1:9000
  services:
    a:
      preset: n8n
      at: /a
    b:
      upstrem: http://127.0.0.1:9000
      at: /b/
    c: { preset: flowise, at: /b/, after: [d] }
  backups: { at: noon }
  --
  leanto.yaml:1: name: should be a name of lower-case letters, digits and inner hyphens, 40 at most, not "Home!"
  leanto.yaml:2: gatway: is no key here; did you mean gateway?
  leanto.yaml:4: gateway.local: should be an address such as 127.0.0.1:8080, [::1]:8080 or unix:run/gateway.sock, or off, not "8080"
  leanto.yaml:6: gateway.internal: should be another place than gateway.tunnel, which is 127.0.0.1:9000
  leanto.yaml:10: services.a.at: should end with a slash, not "/a"
  leanto.yaml:11: services.b: needs one of preset, upstream, command or image
  leanto.yaml:12: services.b.upstrem: is no key here; did you mean upstream?
  leanto.yaml:14: services.c.after[0]: should name a service, not "d"; known: a, b, c
  leanto.yaml:14: services.c.at: should be another place than that of b
  leanto.yaml:15: backups.at: should be a time of the day from "00:00" to "23:59", not "noon"
  == Services: an upstream whose name is a number
  services: { a: { upstream: http://127.1:9000 } }
  --
  leanto.yaml:1: services.a.upstream: should be http://host:port or unix:path, not "http://127.1:9000"
  == Services: health of nothing
  services: { a: { preset: n8n, health: {} } }
  --
  leanto.yaml:1: services.a.health: should be tcp, none, { http: /path, status: 200 } or { command: [...] }
  == Services: a public class and a path, both wrong
  services: { n8n: { preset: n8n, public: [/a//b, webhoks] } }
  --
  leanto.yaml:1: services.n8n.public[0]: should be a literal path without //
  leanto.yaml:1: services.n8n.public[1]: should be a class of n8n or a path that starts with /, not "webhoks"; did you mean webhooks?
  == Services: the name of the gateway
  gateway: { engine: caddy }
  services: { gateway: { preset: n8n } }
  --
  leanto.yaml:2: services.gateway: should have another name: with Caddy as the engine this one is Caddy's
  == Services: a variable that gives the wrong place
  services: { n8n: { preset: n8n, at: "/${SECRET}" } }
  --
  leanto.yaml:1: services.n8n.at: should end with a slash, not "/${SECRET}"
  """#
