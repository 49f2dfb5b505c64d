import Gateway
import Model
import TestSupport
import Testing

/// What `ModelBridgePlan` asks of the gateway, with the stand-in for Ollama at loopback behind it.
@Suite("Containers reach an Ollama at loopback", .enabled(if: OllamaStandIn.canRun, "needs python3"))
struct ModelBridgeTests {
  private func bridged(network: String, _ body: @Sendable (RunningGateway) async throws -> Void) async throws {
    let ollama = try await OllamaStandIn()
    let port = ollama.port
    try await RunningGateway.with({ configuration in
      configuration.listeners = [Listener(kind: .internal, address: .tcp(host: "127.0.0.1", port: 0), network: network)]
      configuration.routes = [
        Route(
          service: "llm", target: .upstream(.tcp(host: "127.0.0.1", port: port)), authentication: .none, upgradePaths: [])
      ]
    }) { try await body($0) }
    _ = ollama
  }

  private func question(host: String, _ body: String) -> String {
    "POST /api/generate HTTP/1.1\r\nHost: \(host)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  private let body = #"{"model":"gemma3:270m","prompt":"Hi","options":{"num_predict":4}}"#

  @Test("Under the name that containers have for it, a stream passes as it is made")
  func passes() async throws {
    try await bridged(network: "127.0.0.0/8") { bridge in
      let client = try bridge.connect()
      try client.send(question(host: "ollama.internal:11434", body))
      let answer = try client.response(to: "POST")
      #expect(answer.status == 200 && answer.text.split(separator: "\n").count == 5)
      #expect(answer["Content-Type"] == "application/x-ndjson")
    }
  }

  @Test("A name that Ollama does not take at its loopback is refused by it")
  func otherName() async throws {
    try await bridged(network: "127.0.0.0/8") { bridge in
      let client = try bridge.connect()
      try client.send(question(host: "gateway:11434", body))
      #expect(try client.response(to: "POST").status == 403)
    }
  }
}
