import Model
import Settings
import Stack
import Testing

@Suite("Listeners, ports and the addresses that people open")
struct AddressTests {
  typealias Case = (local: String?, tunnel: String?, expected: String)

  @Test(
    "The automatic internal listener takes the port after the other two, on loopback",
    arguments: [
      ("127.0.0.1:8080", "127.0.0.1:8081", "127.0.0.1:8082"), ("127.0.0.1:9001", "127.0.0.1:9000", "127.0.0.1:9002"),
      ("127.0.0.1:9001", nil, "127.0.0.1:9002"), (nil, nil, "127.0.0.1:8082"), ("unix:/run/a", nil, "127.0.0.1:8082"),
      ("127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"), ("127.0.0.1:65535", "127.0.0.1:65532", "127.0.0.1:65533"),
    ] as [Case])
  func automaticInternal(_ item: Case) {
    let plan = StackPlan.of(
      StackSettings {
        $0.gateway.local = item.local.flatMap { Address($0) }
        $0.gateway.tunnel = item.tunnel.flatMap { Address($0) }
      })
    #expect(plan.listeners.first { $0.kind == .internal }?.address.description == item.expected)
  }

  @Test("What is off does not listen")
  func off() {
    let plan = StackPlan.of(
      StackSettings {
        $0.gateway.tunnel = nil
        $0.gateway.internal = .off
      })
    #expect(plan.listeners.map(\.kind) == [.local])
  }

  @Test(
    "Links begin with the tunnel's domain, else with the local listener",
    arguments: [
      ("127.0.0.1:8080", TunnelSettings.Provider.none, "d.example.com", "http://127.0.0.1:8080"),
      ("127.0.0.1:80", .none, nil, "http://127.0.0.1"), ("0.0.0.0:8080", .none, nil, "http://localhost:8080"),
      ("[::1]:8080", .none, nil, "http://[::1]:8080"), ("unix:/run/a", .none, nil, "http://localhost"),
      ("127.0.0.1:8080", .ngrok, "d.example.com", "https://d.example.com"),
      ("127.0.0.1:8080", .ngrok, nil, "http://127.0.0.1:8080"),
    ] as [(String, TunnelSettings.Provider, String?, String)])
  func origin(local: String, provider: TunnelSettings.Provider, domain: String?, expected: String) {
    let plan = StackPlan.of(
      StackSettings {
        $0.gateway.local = Address(local)
        $0.tunnel.provider = provider
        $0.tunnel.domain = domain
      })
    #expect(plan.origin == expected)
  }

  @Test(
    "A service with a host name is opened by https only through a tunnel",
    arguments: [
      ("n8n.localhost", true, "http://n8n.localhost:8080/"), ("n8n.example.com", true, "https://n8n.example.com/"),
      ("n8n.example.com", false, "http://n8n.example.com:8080/"), ("pc.local", true, "http://pc.local:8080/"),
    ])
  func ownHost(host: String, tunnel: Bool, expected: String) throws {
    let plan = StackPlan.of(StackSettings(.n8n(at: .host(host))) { $0.tunnel.provider = tunnel ? .ngrok : .none })
    #expect(plan.places["n8n"] == ServicePlace(at: host, url: expected))
    let process = try #require(plan.process("n8n"))
    #expect(process.environment["N8N_WEBHOOK_URL"] == expected)
    #expect(process.environment["N8N_SECURE_COOKIE"] == (expected.hasPrefix("https:") ? "true" : "false"))
  }

  @Test("No two things of a stack get one port, whatever the order")
  func distinctPorts() {
    let services = [
      ServiceSettings("a", preset: "n8n"), ServiceSettings("b", preset: "n8n"), ServiceSettings("c", preset: "flowise"),
      ServiceSettings("d") {
        $0.command = ["python3"]
        $0.port = 5679
      },
      ServiceSettings("e") { $0.upstream = .tcp(host: "127.0.0.1", port: 3000) },
    ]
    var settings = StackSettings()
    settings.services = services
    settings.gateway.local = .tcp(host: "127.0.0.1", port: 5678)
    let names = services.map(\.name)
    let secrets = StackSecrets(
      values: Dictionary(uniqueKeysWithValues: StackPlan.requiredSecrets(of: settings).map { ($0.name, "x") }))
    let plan = StackPlan.of(settings, secrets: secrets)
    let brokers = names.compactMap { plan.process($0)?.environment["N8N_RUNNERS_BROKER_PORT"] }.compactMap { UInt16($0) }
    let all = plan.services.compactMap { port($0.address) } + plan.listeners.compactMap { port($0.address) } + brokers
    #expect(brokers.count == 2)
    #expect(Set(all).count == all.count, "\(all)")
  }

  private func port(_ address: Address?) -> UInt16? {
    if case .tcp(_, let port)? = address { port } else { nil }
  }
}
