import Model
import Settings
import Stack

extension PlanCase {
  static let all: [PlanCase] = presets + addresses + commands

  private static let presets: [PlanCase] = [
    PlanCase(
      name: "n8n and Flowise on one hostname, nothing public", settings: StackSettings(.n8n(), .flowise()),
      isBrief: false, golden: Golden.oneHostname),
    PlanCase(
      name: "n8n and Flowise on one tunnel, webhooks and predictions open",
      settings: StackSettings(.n8n { $0.public = ["webhooks"] }, .flowise { $0.public = ["predictions"] }) {
        $0.tunnel.provider = .ngrok
        $0.tunnel.domain = "lean-example.ngrok-free.app"
      }, golden: Golden.oneTunnel),
    PlanCase(
      name: "n8n alone at the root, every class open",
      settings: StackSettings(
        .n8n(at: .path("/")) { $0.public = ["webhooks", "forms", "chat", "mcp", "oauth", "files", "api"] }),
      golden: Golden.n8nAtTheRoot),
    PlanCase(
      name: "n8n and Flowise with host names of their own",
      settings: StackSettings(.n8n(at: .host("n8n.localhost")), .flowise(at: .host("flowise.localhost"))),
      golden: Golden.ownHosts),
    PlanCase(
      name: "Flowise with its share page open", settings: StackSettings(.flowise { $0.public = ["chat"] }),
      golden: Golden.flowiseChat),
    PlanCase(
      name: "nothing is installed", settings: StackSettings(.n8n { $0.version = "2.41.3" }, .flowise()), machine: .empty,
      golden: Golden.nothingInstalled),
    PlanCase(
      name: "the secrets are not made yet", settings: StackSettings(.n8n()), secrets: StackSecrets(),
      golden: Golden.noSecrets),
    PlanCase(
      name: "an n8n that runs elsewhere",
      settings: StackSettings(
        .n8n {
          $0.upstream = .tcp(host: "10.0.0.5", port: 5678)
          $0.public = ["webhooks"]
        }), golden: Golden.n8nElsewhere),
  ]

  private static let addresses: [PlanCase] = [
    PlanCase(
      name: "listeners of its own, a remote model and no tunnel listener",
      settings: StackSettings {
        $0.gateway.local = .tcp(host: "::1", port: 9080)
        $0.gateway.tunnel = nil
        $0.gateway.internal = .address(.unix(path: "/run/leanto.sock"))
        $0.gateway.lan = .tcp(host: "192.168.1.10", port: 8443)
        $0.gateway.workers = 4
        $0.llm.addresses = ["http://10.0.0.7:8000"]
        $0.llm.api = .openai
      }, golden: Golden.ownListeners)
  ]

  private static let commands: [PlanCase] = [
    PlanCase(
      name: "a worker after something that already runs",
      settings: StackSettings(
        ServiceSettings("notes", at: .host("notes.localhost")) {
          $0.upstream = .tcp(host: "127.0.0.1", port: 9000)
          $0.public = ["/webhook/", "/hook"]
          $0.authentication = .none
          $0.echo = "/echo"
        },
        ServiceSettings("worker", at: .path("/worker/")) {
          $0.command = ["python3", "worker.py", "--listen=127.0.0.1:{port}"]
          $0.port = 9100
          $0.environment = ["MODE": "fast"]
          $0.data = ["data/worker"]
          $0.after = ["notes"]
          $0.health = .http(path: "/healthz", status: 200)
        }), isBrief: false, golden: Golden.worker),
    PlanCase(
      name: "all that cannot be had as written",
      settings: StackSettings(
        .flowise(at: .path("/flowise/")) { $0.public = ["predictions", "everything"] },
        ServiceSettings("image", at: .path("/image/")) { $0.image = "nginx:1.31" },
        ServiceSettings("ruby", at: .path("/ruby/")) {
          $0.command = ["ruby", "app.rb"]
          $0.limits.memory = 1 << 29
        },
        ServiceSettings("other", preset: "openclaw"), ServiceSettings("empty") { $0.public = ["webhooks"] }),
      machine: MachineFacts(commands: ["flowise": "/usr/bin/flowise"], cores: 2, environment: ["PATH": "/usr/bin"]),
      isBrief: false, golden: Golden.warnings),
    PlanCase(
      name: "two n8n and a service that has taken their port",
      settings: StackSettings(
        ServiceSettings("squatter") {
          $0.command = ["./serve"]
          $0.port = 5678
          $0.at = .path("/squatter/")
          $0.prefix = .keep
        }, .n8n(), ServiceSettings("automation", preset: "n8n", at: .host("automation.example.com"))),
      golden: Golden.twoOfAKind),
  ]
}
