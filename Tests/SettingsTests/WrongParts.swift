/// Settings files that are wrong in the gateway, the tunnel, the model and the alerts: the file, `--`, and its problems in order.
let wrongParts = #"""
  == Gateway: an address without a port
  gateway: { local: 127.0.0.1 }
  --
  leanto.yaml:1: gateway.local: should be an address such as 127.0.0.1:8080, [::1]:8080 or unix:run/gateway.sock, or off, not "127.0.0.1"
  == Gateway: a port alone
  gateway: { lan: ":8443" }
  --
  leanto.yaml:1: gateway.lan: should be an address such as 192.168.1.10:8443 or off, not ":8443"
  == Gateway: all addresses as a star
  gateway: { lan: "*:8443" }
  --
  leanto.yaml:1: gateway.lan: should be an address such as 192.168.1.10:8443 or off, not "*:8443"
  == Gateway: a port that there is not
  gateway: { tunnel: 127.0.0.1:65536 }
  --
  leanto.yaml:1: gateway.tunnel: should be an address such as 127.0.0.1:8080, [::1]:8080 or unix:run/gateway.sock, or off, not "127.0.0.1:65536"
  == Gateway: a name to listen at
  gateway: { lan: server.home:8443 }
  --
  leanto.yaml:1: gateway.lan: should be an address such as 192.168.1.10:8443 or off, not "server.home:8443"
  == Gateway: an address with a zero in front
  gateway: { local: 127.0.0.01:8080 }
  --
  leanto.yaml:1: gateway.local: should be an address such as 127.0.0.1:8080, [::1]:8080 or unix:run/gateway.sock, or off, not "127.0.0.01:8080"
  == Gateway: local for everybody
  gateway: { local: 0.0.0.0:8080 }
  --
  leanto.yaml:1: gateway.local: should be a loopback address or unix:path; other machines are let in by gateway.lan
  == Gateway: the tunnel's listener on the network
  gateway: { tunnel: "[::]:8081" }
  --
  leanto.yaml:1: gateway.tunnel: should be a loopback address or unix:path: only the tunnel's agent may reach it
  == Gateway: the internal listener on the internet
  gateway: { internal: 203.0.113.7:8082 }
  --
  leanto.yaml:1: gateway.internal: should be a private address of the stack's own network: it asks for no credentials
  == Gateway: the internal listener everywhere
  gateway: { internal: 0.0.0.0:8082 }
  --
  leanto.yaml:1: gateway.internal: should be a private address of the stack's own network: it asks for no credentials
  == Gateway: lan on loopback
  gateway: { lan: 127.0.0.1:8443 }
  --
  leanto.yaml:1: gateway.lan: should be an address of this machine on the network; loopback is for gateway.local
  == Gateway: lan at a socket
  gateway: { lan: unix:run/lan.sock }
  --
  leanto.yaml:1: gateway.lan: should be an address of this machine on the network, not a socket
  == Gateway: a socket's path that is too long
  gateway: { tunnel: unix:/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx }
  --
  leanto.yaml:1: gateway.tunnel: should be a path of at most 107 bytes: the kernel takes no longer one for a socket
  == Gateway: two listeners at one place
  gateway:
    local: 127.0.0.1:8081
  --
  leanto.yaml:2: gateway.local: should be another place than gateway.tunnel, which is 127.0.0.1:8081
  == Gateway: two listeners at one port of which one is everywhere
  gateway:
    local: localhost:9000
    lan: 0.0.0.0:9000
  --
  leanto.yaml:3: gateway.lan: should be another place than gateway.local, which is localhost:9000
  == Gateway: no way in
  gateway: { local: off, tunnel: off }
  --
  leanto.yaml:1: gateway: needs at least one of local, tunnel and lan: nobody could enter
  == Gateway: a tunnel without its listener
  gateway: { tunnel: off }
  tunnel: { provider: ngrok, domain: a.example }
  --
  leanto.yaml:1: gateway.tunnel: is needed by tunnel.provider: write an address such as 127.0.0.1:8081
  == Tunnel: without its name
  tunnel: { provider: ngrok }
  --
  leanto.yaml:1: tunnel.domain: is needed by tunnel.provider: the name that the internet sees, such as lean-example.ngrok-free.app
  == Tunnel: an agent that reaches no socket
  gateway: { tunnel: unix:run/tunnel.sock }
  tunnel: { provider: ngrok, domain: a.example }
  --
  leanto.yaml:1: gateway.tunnel: should be a loopback address and a port: ngrok reaches no socket
  == Tunnel: a service that is called as its agent
  tunnel: { provider: ngrok, domain: a.example }
  services: { tunnel: { upstream: "http://127.0.0.1:9000" } }
  --
  leanto.yaml:2: services.tunnel: should have another name: the tunnel's agent has this one
  == Tunnel: the agent's own API as a service
  tunnel: { provider: ngrok, domain: a.example }
  services: { api: { upstream: "http://localhost:4040", at: /api/ } }
  --
  leanto.yaml:2: services.api.upstream: should be the service, not ngrok's own API, which could open the whole machine
  == Tunnel: the control socket as a service
  services: { x: { upstream: unix:run/control.sock, at: /x/ } }
  --
  leanto.yaml:1: services.x.upstream: should be the service, not leanto's own control socket
  == Gateway: half a certificate
  gateway: { certificate: { chain: cert.pem } }
  --
  leanto.yaml:1: gateway.certificate: should be { chain: file, key: file } or internal, with both
  == Gateway: proxies
  gateway:
    trusted-proxies:
      - 10.0.0.5/8
      - 0.0.0.0/0
      - proxy.home
      - 10.0.0.0/33
  --
  leanto.yaml:3: gateway.trusted-proxies[0]: should have only zero bits after the first 8, not "10.0.0.5/8"
  leanto.yaml:4: gateway.trusted-proxies[1]: would believe every client: name the proxy's own network
  leanto.yaml:5: gateway.trusted-proxies[2]: should be a network such as 10.0.0.0/8 or an address such as 192.168.1.2, not "proxy.home"
  leanto.yaml:6: gateway.trusted-proxies[3]: should be a network such as 10.0.0.0/8 or an address such as 192.168.1.2, not "10.0.0.0/33"
  == Gateway: proxies that are no list
  gateway: { trusted-proxies: 10.0.0.0/8 }
  --
  leanto.yaml:1: gateway.trusted-proxies: should be a list of networks such as 10.0.0.0/8, not "10.0.0.0/8"
  == Tunnel: a domain that is an address
  tunnel: { domain: https://lean.ngrok-free.app/ }
  --
  leanto.yaml:1: tunnel.domain: should be a host name such as lean-example.ngrok-free.app, without https:// and path, not "https://lean.ngrok-free.app/"
  == LLM: an address with a path
  llm: { address: http://localhost:11434/v1 }
  --
  leanto.yaml:1: llm.address: should be http://host:port without a path
  == LLM: a list with one bad address
  llm:
    address:
      - http://localhost:11434
      - localhost:11435
  --
  leanto.yaml:4: llm.address[1]: should be http://host:port, not "localhost:11435"
  == LLM: https
  llm: { address: https://localhost:11434 }
  --
  leanto.yaml:1: llm.address: https is not in this version: should be http://host:port, on a network that you trust
  == LLM: a model's name with a space
  llm: { models: [gemma 3] }
  --
  leanto.yaml:1: llm.models[0]: should be a model's name such as gemma3:270m, not "gemma 3"
  == Alerts: a channel of no kind
  alerts:
    channels:
      phone: { sms: "+49" }
  --
  leanto.yaml:3: alerts.channels.phone: should be { ntfy: address }, { webhook: address } or { smtp: address, to: [...] }
  leanto.yaml:3: alerts.channels.phone.sms: is no key here; known: ntfy, webhook, smtp, to
  == Alerts: mail without a receiver
  alerts: { channels: { mail: { smtp: smtps://mail.example.com } } }
  --
  leanto.yaml:1: alerts.channels.mail: should be { ntfy: address }, { webhook: address } or { smtp: address, to: [...] }
  == Alerts: a password in the settings
  alerts:
    channels:
      mail: { smtp: "smtps://me:geheim@mail.example.com", to: [me@example.com] }
  --
  leanto.yaml:3: alerts.channels.mail.smtp: holds a password: keep it in secrets/, and write only the user here
  == Alerts: a web address that is none, and is not shown
  alerts: { heartbeat: geheim }
  --
  leanto.yaml:1: alerts.heartbeat: should be an address that begins with https:// or http:// and has no spaces
  == Alerts: a route to nobody
  alerts:
    channels: { phone: { ntfy: https://ntfy.sh/x } }
    routes:
      - { severity: fatal, to: [phone] }
      - { to: [fone] }
      - { severity: info }
  --
  leanto.yaml:4: alerts.routes[0].severity: should be info, warning or critical, not "fatal"
  leanto.yaml:5: alerts.routes[1].to[0]: should name a channel, not "fone"; known: phone
  leanto.yaml:6: alerts.routes[2]: needs `to`, a list of channels
  == Gateway: a listener that is broken hides no other problem
  gateway:
    local: 8080
    tunnel: off
    workers: 0
  --
  leanto.yaml:2: gateway.local: should be an address such as 127.0.0.1:8080, [::1]:8080 or unix:run/gateway.sock, or off, not "8080"
  leanto.yaml:4: gateway.workers: should be a whole number from 1 to 256 or auto, not "0"
  == Gateway: a port with a sign
  gateway: { local: 127.0.0.1:+8080 }
  --
  leanto.yaml:1: gateway.local: should be an address such as 127.0.0.1:8080, [::1]:8080 or unix:run/gateway.sock, or off, not "127.0.0.1:+8080"
  == Gateway: port zero
  gateway: { local: 127.0.0.1:0 }
  --
  leanto.yaml:1: gateway.local: should be an address such as 127.0.0.1:8080, [::1]:8080 or unix:run/gateway.sock, or off, not "127.0.0.1:0"
  """#
