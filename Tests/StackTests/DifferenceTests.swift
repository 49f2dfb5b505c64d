import Model
import Settings
import Stack
import Testing

@Suite("Changes are told in a line each")
struct DifferenceTests {
  static let base = StackSettings(.n8n(), .flowise())

  typealias Change = @Sendable (inout StackSettings) -> Void

  static let changes: [(change: Change, lines: [String])] = [
    ({ _ in }, []),
    ({ $0.services.removeLast() }, ["flowise: removed"]),
    ({ $0.services.append(ServiceSettings("worker") { $0.command = ["python3"] }) }, ["worker: added"]),
    (
      { $0.services[0].public = ["webhooks"] },
      ["n8n: opened without sign-in: /n8n/webhook/", "n8n: opened without sign-in: /n8n/webhook-waiting/"]
    ),
    (
      { $0.services[0].at = .host("n8n.localhost") },
      [
        "n8n: environment: N8N_EDITOR_BASE_URL, N8N_PATH, N8N_WEBHOOK_URL", "n8n: moves from /n8n/ to n8n.localhost",
      ]
    ),
    (
      { $0.services[1].port = 3001 },
      ["flowise: environment: PORT", "flowise: address 127.0.0.1:3000 -> 127.0.0.1:3001"]
    ),
    (
      { $0.gateway.tunnel = nil },
      ["listener tunnel: 127.0.0.1:8081 -> off", "listener internal: 127.0.0.1:8082 -> 127.0.0.1:8081"]
    ),
    ({ $0.services[1].environment = ["TOKEN": "secret"] }, ["flowise: environment: TOKEN"]),
    ({ $0.services[1].command = ["python3", "x.py"] }, ["flowise: command: /usr/bin/python3 x.py"]),
    ({ $0.services[1].command = ["bun"] }, ["flowise: started here -> missing (bun)"]),
    ({ $0.services[1].after = ["n8n"] }, ["flowise: starts after n8n"]),
    ({ $0.services[1].authentication = .none }, ["flowise: open to this machine and network, without the door"]),
    (
      { $0.llm.models = ["gemma3:270m"] }, ["model: the first at http://127.0.0.1:11434 -> gemma3:270m at http://127.0.0.1:11434"]
    ),
    ({ $0.gateway.workers = 1 }, ["workers: 2 -> 1"]),
  ]

  @Test("Each change of the settings is told once", arguments: changes.indices)
  func told(_ index: Int) {
    let (change, expected) = Self.changes[index]
    var settings = Self.base
    change(&settings)
    #expect(StackPlan.changes(from: .of(Self.base), to: .of(settings)) == expected)
  }

  @Test("Only a service whose process or address is another is restarted")
  func restarts() {
    var settings = Self.base
    settings.services[0].public = ["forms"]
    settings.services[1].port = 3001
    let difference = StackPlan.difference(from: .of(Self.base), to: .of(settings))
    #expect(difference.changed == ["flowise"])
    #expect(difference.routesChanged)
    #expect(!difference.listenersChanged)
  }

  @Test("A closed path is told too")
  func closed() {
    var settings = Self.base
    settings.services[1].public = ["predictions"]
    #expect(StackPlan.changes(from: .of(settings), to: .of(Self.base)) == ["flowise: closed: /api/v1/prediction/"])
  }
}
