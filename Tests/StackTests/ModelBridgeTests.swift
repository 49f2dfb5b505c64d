import Model
import Settings
import Testing

@testable import Stack

@Suite("The model's bridge")
struct ModelBridgeTests {
  static let network = StackNetwork(block: 7)

  @Test("It is opened where containers could not reach the server otherwise", arguments: [LLMSettings.Bridge.auto, .on])
  func opened(bridge: LLMSettings.Bridge) throws {
    let plan = try #require(ModelBridgePlan.make(bridge, server: "http://127.0.0.1:11434", isWide: false, network: Self.network))
    #expect(plan.upstream == .tcp(host: "127.0.0.1", port: 11434))
    #expect(plan.listener.kind == .internal && plan.listener.address == .tcp(host: "10.83.7.1", port: 11434))
    #expect(plan.listener.network == "10.83.7.0/24", "nobody beside the stack's own containers is let in")
    #expect(plan.routes.map(\.prefix) == ["/"] && plan.routes.allSatisfy { $0.host == nil && $0.upgradePaths == [] })
  }

  static let closed: [(name: String, LLMSettings.Bridge, String?, isWide: Bool, hasNetwork: Bool)] = [
    ("off", .off, "http://127.0.0.1:11434", false, true), ("no containers", .auto, "http://127.0.0.1:11434", false, false),
    ("no server", .auto, nil, false, true), ("another machine's server", .on, "http://192.168.1.5:11434", false, true),
    ("a server with TLS", .on, "https://127.0.0.1:11434", false, true),
    ("a server that listens beyond loopback", .auto, "http://127.0.0.1:11434", true, true),
  ]

  @Test("Otherwise there is none", arguments: closed)
  func none(name: String, bridge: LLMSettings.Bridge, server: String?, isWide: Bool, hasNetwork: Bool) {
    #expect(ModelBridgePlan.make(bridge, server: server, isWide: isWide, network: hasNetwork ? Self.network : nil) == nil)
  }

  @Test("Its name is one that Ollama takes at its loopback")
  func name() { #expect(ModelBridgePlan.host.hasSuffix(".internal")) }
}
