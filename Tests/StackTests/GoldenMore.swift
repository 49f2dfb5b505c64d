extension Golden {
  static let flowiseChat = """
    origin http://127.0.0.1:8080
    workers 2
    listen local 127.0.0.1:8080
    listen tunnel 127.0.0.1:8081
    listen internal 127.0.0.1:8082
    directory /srv/home/secrets
    directory /srv/home/run
    directory /srv/home/logs
    directory /srv/home/data/flowise
    secret flowise-encryption-key: random key
    secret flowise-owner-password: password

    service flowise
      at /, http://127.0.0.1:8080/
      answers at 127.0.0.1:3000
      run /usr/bin/flowise start
      in /srv/home/data/flowise, 40 s to stop
      health GET /api/v1/public-chatflows/00000000-0000-4000-8000-000000000000 is 404 with not found in the database, within 300 s
      owner owner@leanto.local, password in secrets/flowise-owner-password, by POST /api/v1/account/register

    route */leanto/ to leanto's own pages
      behind the door
      websockets none

    route */ to flowise at 127.0.0.1:3000
      behind the door
      public /api/v1/prediction/…
      public /api/v1/public-chatflows/…
      public /api/v1/public-chatbotConfig/…
      public /api/v1/chatflows-streaming/…
      public /api/v1/chatflows-uploads/…
      public /api/v1/chatmessage/abort/…
      public /api/v1/feedback/…
      public /api/v1/leads/…
      public /api/v1/node-icon/…
      public /api/v1/text-to-speech/…
      public /chatbot/…
      public /assets/…
      public /api/v1/settings
      public /api/v1/feedback
      public /api/v1/leads
      public /favicon.ico
      public /favicon-16x16.png
      public /favicon-32x32.png
      public /logo192.png
      public /logo512.png
      public /manifest.json
      websockets none

    model (the server's first) by ollama at http://127.0.0.1:11434

    """

  static let nothingInstalled = """
    origin http://127.0.0.1:8080
    workers 1
    listen local 127.0.0.1:8080
    listen tunnel 127.0.0.1:8081
    listen internal 127.0.0.1:8082
    directory /srv/home/secrets
    directory /srv/home/run
    directory /srv/home/logs
    secret n8n-encryption-key: random key
    secret n8n-owner-password: password
    secret n8n-owner-hash: bcrypt of n8n-owner-password
    secret flowise-encryption-key: random key
    secret flowise-owner-password: password

    service n8n
      at /n8n/, http://127.0.0.1:8080/n8n/
      answers at 127.0.0.1:5678
      missing n8n: Install Node.js 22 or later, then `npm install --global n8n@2.41.3`; or write `upstream:` for one that runs.
      health GET /healthz/readiness is 200 with {"status":"ok"}, within 300 s

    service flowise
      at /, http://127.0.0.1:8080/
      answers at 127.0.0.1:3000
      missing flowise: Install Node.js 22 or later, then `npm install --global flowise@3`; or write `upstream:` for one that runs.
      health GET /api/v1/public-chatflows/00000000-0000-4000-8000-000000000000 is 404 with not found in the database, within 300 s

    route */leanto/ to leanto's own pages
      behind the door
      websockets none

    route */n8n/ to n8n at 127.0.0.1:5678
      without the prefix
      behind the door
      without cookies connect.sid, refreshToken, token
      websockets /n8n/rest/push

    route */ to flowise at 127.0.0.1:3000
      behind the door
      without cookies n8n-auth
      websockets none

    warning llm.address: no Ollama answers on this machine. Start it with `ollama serve`, or write the address of a model server.

    """

  static let noSecrets = """
    origin http://127.0.0.1:8080
    workers 2
    listen local 127.0.0.1:8080
    listen tunnel 127.0.0.1:8081
    listen internal 127.0.0.1:8082
    directory /srv/home/secrets
    directory /srv/home/run
    directory /srv/home/logs
    secret n8n-encryption-key: random key
    secret n8n-owner-password: password
    secret n8n-owner-hash: bcrypt of n8n-owner-password

    service n8n
      at /n8n/, http://127.0.0.1:8080/n8n/
      answers at 127.0.0.1:5678
      missing n8n: The secret `secrets/n8n-encryption-key` is not there; `leanto up` makes it.
      health GET /healthz/readiness is 200 with {"status":"ok"}, within 300 s

    route */leanto/ to leanto's own pages
      behind the door
      websockets none

    route */n8n/ to n8n at 127.0.0.1:5678
      without the prefix
      behind the door
      websockets /n8n/rest/push

    route */ to leanto's own pages
      behind the door
      websockets none

    model (the server's first) by ollama at http://127.0.0.1:11434

    """

  static let n8nElsewhere = """
    origin http://127.0.0.1:8080
    workers 2
    listen local 127.0.0.1:8080
    listen tunnel 127.0.0.1:8081
    listen internal 127.0.0.1:8082
    directory /srv/home/secrets
    directory /srv/home/run
    directory /srv/home/logs

    service n8n
      at /n8n/, http://127.0.0.1:8080/n8n/
      answers at 10.0.0.5:5678
      runs elsewhere
      health GET /healthz/readiness is 200 with {"status":"ok"}, within 10 s

    route */leanto/ to leanto's own pages
      behind the door
      websockets none

    route */n8n/ to n8n at 10.0.0.5:5678
      without the prefix
      behind the door
      public /n8n/webhook/…
      public /n8n/webhook-waiting/…
      websockets /n8n/rest/push

    route */ to leanto's own pages
      behind the door
      websockets none

    model (the server's first) by ollama at http://127.0.0.1:11434

    """

  static let ownListeners = """
    origin http://[::1]:9080
    workers 4
    listen local [::1]:9080
    listen lan 192.168.1.10:8443
    listen internal unix:/run/leanto.sock
    directory /srv/home/secrets
    directory /srv/home/run
    directory /srv/home/logs

    route */leanto/ to leanto's own pages
      behind the door
      websockets none

    route */ to leanto's own pages
      behind the door
      websockets none

    model (the server's first) by openai at http://10.0.0.7:8000

    """

  static let worker = """
    origin http://127.0.0.1:8080
    workers 2
    listen local 127.0.0.1:8080
    listen tunnel 127.0.0.1:8081
    listen internal 127.0.0.1:8082
    directory /srv/home/secrets
    directory /srv/home/run
    directory /srv/home/logs
    directory /srv/home/data/worker

    service notes
      at notes.localhost, http://notes.localhost:8080/
      answers at 127.0.0.1:9000
      runs elsewhere
      health it accepts connections, within 10 s

    service worker
      at /worker/, http://127.0.0.1:8080/worker/
      answers at 127.0.0.1:9100
      run /usr/bin/python3 worker.py --listen=127.0.0.1:9100
      in /srv/home, 10 s to stop
      MODE=(hidden)
      PORT=9100
      health GET /healthz is 200, within 120 s
      after notes

    route */leanto/ to leanto's own pages
      behind the door
      websockets none

    route notes.localhost/ to notes at 127.0.0.1:9000
      open, but for the tunnel
      public /webhook/…
      public /hook…

    route */worker/ to worker at 127.0.0.1:9100
      without the prefix
      behind the door

    route */ to leanto's own pages
      behind the door
      websockets none

    model (the server's first) by ollama at http://127.0.0.1:11434

    """

  static let warnings = """
    origin http://127.0.0.1:8080
    workers 2
    listen local 127.0.0.1:8080
    listen tunnel 127.0.0.1:8081
    listen internal 127.0.0.1:8082
    directory /srv/home/secrets
    directory /srv/home/run
    directory /srv/home/logs
    directory /srv/home/data/flowise
    secret flowise-encryption-key: random key
    secret flowise-owner-password: password

    service flowise
      at /flowise/, http://127.0.0.1:8080/flowise/
      answers at 127.0.0.1:3000
      run /usr/bin/flowise start
      in /srv/home/data/flowise, 40 s to stop
      APP_URL=http://127.0.0.1:8080/flowise
      BLOB_STORAGE_PATH=/srv/home/data/flowise/storage
      DATABASE_PATH=/srv/home/data/flowise
      DISABLE_FLOWISE_TELEMETRY=true
      FLOWISE_SECRETKEY_OVERWRITE=(hidden)
      HOME=/srv/home/data/flowise
      HOST=127.0.0.1
      HTTP_DENY_LIST=169.254.0.0/16,fd00:ec2::254
      HTTP_SECURITY_CHECK=false
      LOG_PATH=/srv/home/data/flowise/logs
      PORT=3000
      SECRETKEY_PATH=/srv/home/data/flowise
      TRUST_PROXY=1
      health GET /api/v1/public-chatflows/00000000-0000-4000-8000-000000000000 is 404 with not found in the database, within 300 s
      owner owner@leanto.local, password in secrets/flowise-owner-password, by POST /api/v1/account/register

    service image
      missing docker: An image needs Docker and the compose runner. Write `command:` instead, or `upstream:` for one that runs.
      health it runs, within 120 s

    service ruby
      missing ruby: Install `ruby`, or write the program's full path in `services.ruby.command`.
      health it runs, within 120 s

    service other
      missing a command: There is no preset `openclaw`; there are n8n, flowise, open-webui, langflow, site.
      health it runs, within 120 s

    service empty
      missing a command: Write `preset:`, `command:`, or `upstream:` for something that runs.
      health it runs, within 120 s

    route */leanto/ to leanto's own pages
      behind the door
      websockets none

    route */flowise/ to flowise at 127.0.0.1:3000
      without the prefix
      behind the door
      public /flowise/api/v1/prediction/…
      websockets none

    route */ to leanto's own pages
      behind the door
      websockets none

    warning services.flowise.at: flowise cannot live below a path, its pages would stay empty; give it `/` or a host name.
    warning services.flowise.public: there is no class `everything`. flowise has predictions, chat, uploads, webhooks, mcp, executions, ping.
    warning services.image.at: it has no `port:` and no `upstream:`, so nothing can be routed to it.
    warning services.ruby.at: it has no `port:` and no `upstream:`, so nothing can be routed to it.
    warning services.ruby.limits: only containers are held to limits; as a child process it has none.
    warning services.empty.public: there is no class `webhooks`. Without a preset a public path begins with `/`.
    warning llm.address: no Ollama answers on this machine. Start it with `ollama serve`, or write the address of a model server.

    """

  static let twoOfAKind = """
    origin http://127.0.0.1:8080
    workers 2
    listen local 127.0.0.1:8080
    listen tunnel 127.0.0.1:8081
    listen internal 127.0.0.1:8082
    directory /srv/home/secrets
    directory /srv/home/run
    directory /srv/home/logs
    directory /srv/home/data/n8n
    directory /srv/home/data/automation
    secret n8n-encryption-key: random key
    secret n8n-owner-password: password
    secret n8n-owner-hash: bcrypt of n8n-owner-password
    secret automation-encryption-key: random key
    secret automation-owner-password: password
    secret automation-owner-hash: bcrypt of automation-owner-password

    service squatter
      at /squatter/, http://127.0.0.1:8080/squatter/
      answers at 127.0.0.1:5678
      run ./serve
      in /srv/home, 10 s to stop
      health it accepts connections, within 120 s

    service n8n
      at /n8n/, http://127.0.0.1:8080/n8n/
      answers at 127.0.0.1:5679
      run /usr/bin/n8n start
      in /srv/home/data/n8n, 40 s to stop
      health GET /healthz/readiness is 200 with {"status":"ok"}, within 300 s
      owner owner@leanto.local, password in secrets/n8n-owner-password, by its environment

    service automation
      at automation.example.com, http://automation.example.com:8080/
      answers at 127.0.0.1:5681
      run /usr/bin/n8n start
      in /srv/home/data/automation, 40 s to stop
      health GET /healthz/readiness is 200 with {"status":"ok"}, within 300 s
      owner owner@leanto.local, password in secrets/automation-owner-password, by its environment

    route */leanto/ to leanto's own pages
      behind the door
      websockets none

    route */squatter/ to squatter at 127.0.0.1:5678
      behind the door
      without cookies n8n-auth

    route */n8n/ to n8n at 127.0.0.1:5679
      without the prefix
      behind the door
      websockets /n8n/rest/push

    route automation.example.com/ to automation at 127.0.0.1:5681
      behind the door
      websockets /rest/push

    route */ to leanto's own pages
      behind the door
      websockets none

    model (the server's first) by ollama at http://127.0.0.1:11434

    """
}
