import Model

/// Stacks as the daemon would tell of them.
enum Sample {
  static let now = 1_800_000_000.0

  static func service(
    _ name: String, _ state: ServiceState, at: String = "", since: Double = 300, message: String = ""
  ) -> ServiceStatus {
    ServiceStatus(name: name, state: state, at: at, address: "127.0.0.1:1", since: now - since, message: message)
  }

  static func stack(
    _ services: [ServiceStatus], name: String = "home", problems: [String] = [],
    model: ModelStatus? = ModelStatus(
      name: "gemma3:270m", server: "http://127.0.0.1:11434", api: "ollama", tokensPerSecond: 79.6)
  ) -> StackStatus {
    StackStatus(
      name: name, version: "0.1.0", processIdentifier: 4711, directory: "/home/anna/stack", startedAt: now - 4000,
      listeners: [
        ListenerStatus(kind: .local, address: "127.0.0.1:8080"), ListenerStatus(kind: .tunnel, address: "127.0.0.1:8081"),
        ListenerStatus(kind: .internal, address: "127.0.0.1:8082"),
      ], services: services, model: model, settingsProblems: problems)
  }

  static let well = stack([
    service("n8n", .healthy, at: "/n8n/"), service("flowise", .healthy, at: "/", since: 7300),
    service("notes", .healthy, at: "notes.localhost", since: 20), service("model", .healthy, since: 200_000),
  ])

  static let everyState = stack(
    [
      service("n8n", .unhealthy, at: "/n8n/", message: "GET /healthz/readiness gave 503 three times in a row."),
      service("flowise", .missing, at: "/", message: "Install Node.js 22 or later, then `npm install --global flowise@3.1.4`."),
      service("notes", .healthy, at: "notes.localhost"),
      service("worker", .backingOff, message: "It ended with status 1. Next try in 16 s."),
      service("model", .starting, since: 20), service("reader", .waiting, at: "/reader/", message: "Waits for model."),
      service("archive", .stopped, at: "archive.example.com"),
    ], problems: ["leanto.yaml:12: services.n8n.publik: unknown key; do you mean `public`?"])
}
