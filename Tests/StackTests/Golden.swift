/// What each stack of `PlanCase.all` comes to. Read a change here as a person would who gets it with an update.
enum Golden {
  static let oneHostname = """
    origin http://127.0.0.1:8080
    workers 2
    listen local 127.0.0.1:8080
    listen tunnel 127.0.0.1:8081
    listen internal 127.0.0.1:8082
    directory /srv/home/secrets
    directory /srv/home/run
    directory /srv/home/logs
    directory /srv/home/data/n8n
    directory /srv/home/data/flowise
    secret n8n-encryption-key: random key
    secret n8n-owner-password: password
    secret n8n-owner-hash: bcrypt of n8n-owner-password
    secret flowise-encryption-key: random key
    secret flowise-owner-password: password

    service n8n
      at /n8n/, http://127.0.0.1:8080/n8n/
      answers at 127.0.0.1:5678
      run /usr/bin/n8n start
      in /srv/home/data/n8n, 40 s to stop
      EXECUTIONS_DATA_MAX_AGE=168
      EXECUTIONS_DATA_PRUNE=true
      EXECUTIONS_DATA_PRUNE_MAX_COUNT=5000
      GENERIC_TIMEZONE=Europe/Berlin
      N8N_COMPRESSION_NODE_MAX_DECOMPRESSED_SIZE_BYTES=268435456
      N8N_COMPRESSION_NODE_MAX_ZIP_ENTRIES=1000
      N8N_DIAGNOSTICS_ENABLED=false
      N8N_DISABLED_MODULES=mcp-registry
      N8N_DYNAMIC_BANNERS_ENABLED=false
      N8N_EDITOR_BASE_URL=http://127.0.0.1:8080/n8n/
      N8N_ENCRYPTION_KEY=(hidden)
      N8N_GRACEFUL_SHUTDOWN_TIMEOUT=30
      N8N_HIRING_BANNER_ENABLED=false
      N8N_INSTANCE_OWNER_EMAIL=owner@leanto.local
      N8N_INSTANCE_OWNER_FIRST_NAME=Leanto
      N8N_INSTANCE_OWNER_LAST_NAME=Owner
      N8N_INSTANCE_OWNER_MANAGED_BY_ENV=true
      N8N_INSTANCE_OWNER_PASSWORD_HASH=(hidden)
      N8N_LISTEN_ADDRESS=127.0.0.1
      N8N_PATH=/n8n/
      N8N_PERSONALIZATION_ENABLED=false
      N8N_PORT=5678
      N8N_PROXY_HOPS=1
      N8N_RUNNERS_BROKER_LISTEN_ADDRESS=127.0.0.1
      N8N_RUNNERS_BROKER_PORT=5679
      N8N_RUNNERS_MODE=internal
      N8N_RUNNERS_TASK_TIMEOUT=300
      N8N_SECURE_COOKIE=false
      N8N_TEMPLATES_ENABLED=false
      N8N_UNVERIFIED_PACKAGES_ENABLED=false
      N8N_USER_FOLDER=/srv/home/data/n8n
      N8N_VERSION_NOTIFICATIONS_ENABLED=false
      N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED=false
      N8N_WEBHOOK_URL=http://127.0.0.1:8080/n8n/
      NODE_ENV=production
      TZ=Europe/Berlin
      health GET /healthz/readiness is 200 with {"status":"ok"}, within 300 s
      owner owner@leanto.local, password in secrets/n8n-owner-password, by its environment

    service flowise
      at /, http://127.0.0.1:8080/
      answers at 127.0.0.1:3000
      run /usr/bin/flowise start
      in /srv/home/data/flowise, 40 s to stop
      APP_URL=http://127.0.0.1:8080
      BLOB_STORAGE_PATH=/srv/home/data/flowise/storage
      DATABASE_PATH=/srv/home/data/flowise
      DISABLE_FLOWISE_TELEMETRY=true
      FLOWISE_SECRETKEY_OVERWRITE=(hidden)
      HOST=127.0.0.1
      HTTP_DENY_LIST=169.254.0.0/16,fd00:ec2::254
      HTTP_SECURITY_CHECK=false
      LOG_PATH=/srv/home/data/flowise/logs
      PORT=3000
      SECRETKEY_PATH=/srv/home/data/flowise
      TRUST_PROXY=1
      TZ=Europe/Berlin
      health GET /api/v1/public-chatflows/00000000-0000-4000-8000-000000000000 is 404 with not found in the database, within 300 s
      owner owner@leanto.local, password in secrets/flowise-owner-password, by POST /api/v1/account/register

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

    model (the server's first) by ollama at http://127.0.0.1:11434

    """

  static let oneTunnel = """
    origin https://lean-example.ngrok-free.app
    workers 2
    listen local 127.0.0.1:8080
    listen tunnel 127.0.0.1:8081
    listen internal 127.0.0.1:8082
    directory /srv/home/secrets
    directory /srv/home/run
    directory /srv/home/logs
    directory /srv/home/data/n8n
    directory /srv/home/data/flowise
    secret n8n-encryption-key: random key
    secret n8n-owner-password: password
    secret n8n-owner-hash: bcrypt of n8n-owner-password
    secret flowise-encryption-key: random key
    secret flowise-owner-password: password

    service n8n
      at /n8n/, https://lean-example.ngrok-free.app/n8n/
      answers at 127.0.0.1:5678
      run /usr/bin/n8n start
      in /srv/home/data/n8n, 40 s to stop
      health GET /healthz/readiness is 200 with {"status":"ok"}, within 300 s
      owner owner@leanto.local, password in secrets/n8n-owner-password, by its environment

    service flowise
      at /, https://lean-example.ngrok-free.app/
      answers at 127.0.0.1:3000
      run /usr/bin/flowise start
      in /srv/home/data/flowise, 40 s to stop
      health GET /api/v1/public-chatflows/00000000-0000-4000-8000-000000000000 is 404 with not found in the database, within 300 s
      owner owner@leanto.local, password in secrets/flowise-owner-password, by POST /api/v1/account/register

    service tunnel
      missing ngrok: Install ngrok's agent (https://ngrok.com/download), then type: leanto up
      health it runs, within 10 s

    route */leanto/ to leanto's own pages
      behind the door
      websockets none

    route */n8n/ to n8n at 127.0.0.1:5678
      without the prefix
      behind the door
      public /n8n/webhook/…
      public /n8n/webhook-waiting/…
      without cookies connect.sid, refreshToken, token
      websockets /n8n/rest/push

    route */ to flowise at 127.0.0.1:3000
      behind the door
      public /api/v1/prediction/…
      without cookies n8n-auth
      websockets none

    model (the server's first) by ollama at http://127.0.0.1:11434

    """

  static let n8nAtTheRoot = """
    origin http://127.0.0.1:8080
    workers 2
    listen local 127.0.0.1:8080
    listen tunnel 127.0.0.1:8081
    listen internal 127.0.0.1:8082
    directory /srv/home/secrets
    directory /srv/home/run
    directory /srv/home/logs
    directory /srv/home/data/n8n
    secret n8n-encryption-key: random key
    secret n8n-owner-password: password
    secret n8n-owner-hash: bcrypt of n8n-owner-password

    service n8n
      at /, http://127.0.0.1:8080/
      answers at 127.0.0.1:5678
      run /usr/bin/n8n start
      in /srv/home/data/n8n, 40 s to stop
      health GET /healthz/readiness is 200 with {"status":"ok"}, within 300 s
      owner owner@leanto.local, password in secrets/n8n-owner-password, by its environment

    route */leanto/ to leanto's own pages
      behind the door
      websockets none

    route */ to n8n at 127.0.0.1:5678
      behind the door
      public /webhook/…
      public /webhook-waiting/…
      public /form/…
      public /form-waiting/…
      public /chat
      public /mcp/…
      public /rest/oauth1-credential/callback
      public /rest/oauth2-credential/callback
      public /rest/binary-data/signed
      public /api/v1/…
      websockets /rest/push, /chat

    model (the server's first) by ollama at http://127.0.0.1:11434

    """

  static let ownHosts = """
    origin http://127.0.0.1:8080
    workers 2
    listen local 127.0.0.1:8080
    listen tunnel 127.0.0.1:8081
    listen internal 127.0.0.1:8082
    directory /srv/home/secrets
    directory /srv/home/run
    directory /srv/home/logs
    directory /srv/home/data/n8n
    directory /srv/home/data/flowise
    secret n8n-encryption-key: random key
    secret n8n-owner-password: password
    secret n8n-owner-hash: bcrypt of n8n-owner-password
    secret flowise-encryption-key: random key
    secret flowise-owner-password: password

    service n8n
      at n8n.localhost, http://n8n.localhost:8080/
      answers at 127.0.0.1:5678
      run /usr/bin/n8n start
      in /srv/home/data/n8n, 40 s to stop
      health GET /healthz/readiness is 200 with {"status":"ok"}, within 300 s
      owner owner@leanto.local, password in secrets/n8n-owner-password, by its environment

    service flowise
      at flowise.localhost, http://flowise.localhost:8080/
      answers at 127.0.0.1:3000
      run /usr/bin/flowise start
      in /srv/home/data/flowise, 40 s to stop
      health GET /api/v1/public-chatflows/00000000-0000-4000-8000-000000000000 is 404 with not found in the database, within 300 s
      owner owner@leanto.local, password in secrets/flowise-owner-password, by POST /api/v1/account/register

    route */leanto/ to leanto's own pages
      behind the door
      websockets none

    route n8n.localhost/ to n8n at 127.0.0.1:5678
      behind the door
      websockets /rest/push

    route flowise.localhost/ to flowise at 127.0.0.1:3000
      behind the door
      websockets none

    route */ to leanto's own pages
      behind the door
      websockets none

    model (the server's first) by ollama at http://127.0.0.1:11434

    """
}
