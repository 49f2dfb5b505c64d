import Model
import Settings
import Stack
import Testing

/// A stack with containers, and what is written for Docker: `Golden/NAME.txt`.
struct ComposeCase: Sendable, CustomTestStringConvertible {
  let name: String
  let settings: StackSettings
  var docker = DockerFacts.root

  var testDescription: String { name }

  var plan: StackPlan {
    var machine = MachineFacts.full
    machine.docker = docker
    return .of(settings, machine: machine, secrets: .withTokens)
  }

  /// All files, each below a line that names it.
  var text: String {
    (plan.compose?.files ?? []).map { file in
      let owner = file.owner.map { " owner \($0)" } ?? ""
      return "--- \(file.path) mode 0\(String(file.mode, radix: 8))\(owner)\n\(file.text)\(file.text.hasSuffix("\n") ? "" : "\n")"
    }.joined()
  }
}

extension DockerFacts {
  static let root = facts { $0.owner = .of(user: 0, group: 0, isRootless: false) }

  static func facts(_ change: (inout DockerFacts) -> Void) -> DockerFacts {
    var facts = DockerFacts()
    facts.apiVersion = "1.41"
    facts.choices = StackChoices(network: StackNetwork(block: 7), internalPort: 80)
    change(&facts)
    return facts
  }
}

extension StackSecrets {
  static let withTokens = StackSecrets(
    values: dummies.values.merging(["n8n-runner-token": "TOKEN-OF-N8N", "automation-runner-token": "TOKEN-2"]) { $1 })
}

extension ComposeCase {
  static let all: [ComposeCase] = machines + settings

  private static let both = StackSettings(.n8n { $0.public = ["webhooks"] }, .flowise { $0.public = ["predictions"] })

  private static let machines = [
    ComposeCase(name: "root", settings: both),
    ComposeCase(
      name: "person", settings: both, docker: .facts { $0.owner = .of(user: 1001, group: 1002, isRootless: false) }),
    ComposeCase(
      name: "rootless", settings: both, docker: .facts { $0.owner = .of(user: 1001, group: 1001, isRootless: true) }),
    ComposeCase(name: "new-engine", settings: StackSettings(.n8n()), docker: .facts { $0.apiVersion = "1.44" }),
    ComposeCase(
      name: "ports-taken", settings: both,
      docker: .facts {
        $0.takenPorts = [3000, 3001, 5678]
        $0.choices.ports = ["n8n": 15678]
      }),
    ComposeCase(
      name: "pinned", settings: StackSettings(.flowise()),
      docker: .facts {
        $0.lock = ImageLock(text: "flowiseai/flowise:3.1.4 sha256:\(String(repeating: "ab", count: 32))\nodd line\n")
      }),
  ]

  private static let settings = [
    ComposeCase(
      name: "tunnel",
      settings: StackSettings(.n8n(), .flowise()) {
        $0.name = "office"
        $0.tunnel.provider = .ngrok
        $0.tunnel.domain = "lean-example.ngrok-free.app"
      }),
    ComposeCase(
      name: "two-of-one-preset",
      settings: StackSettings(
        .n8n(at: .host("n8n.localhost")), ServiceSettings("automation", preset: "n8n", at: .host("auto.localhost")))),
    ComposeCase(
      name: "own-values",
      settings: StackSettings(
        .n8n {
          $0.version = "2.30.0"
          $0.environment = ["N8N_METRICS": "true", "N8N_RUNNERS_TASK_TIMEOUT": "60", "MY_TOKEN": "a$b'c\"d #e"]
          $0.limits.memory = 3 << 30
          $0.limits.cpus = 1.25
          $0.volumes = ["files:/files:ro", "/srv/media:/media"]
        })),
    ComposeCase(
      name: "images",
      settings: StackSettings(
        ServiceSettings("worker") {
          $0.image = "registry.example.com:5000/team/worker:1.2"
          $0.command = ["serve", "--port", "{port}"]
          $0.port = 9100
          $0.volumes = ["data/worker:/data"]
          $0.environment = ["KEY": "two\nlines", "no": "y"]
          $0.health = .command(["/worker", "--check"])
          $0.after = ["queue", "native"]
        },
        ServiceSettings("queue") { $0.image = "redis:8.0-alpine" },
        ServiceSettings("native") {
          $0.command = ["python3", "native.py"]
          $0.port = 9000
        })),
    ComposeCase(
      name: "own-image-of-a-preset",
      settings: StackSettings(.flowise { $0.image = "registry.example.com/flowise:3.1.4-patched" })),
    ComposeCase(
      name: "one-in-a-container",
      settings: StackSettings(
        .n8n { $0.command = ["n8n", "start"] },
        .flowise(),
        ServiceSettings("notes") { $0.upstream = .tcp(host: "127.0.0.1", port: 9000) })),
  ]
}
