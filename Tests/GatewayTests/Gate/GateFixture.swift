import Model
import TestSupport
import Testing

@testable import Gateway

/// A gateway with the model's gate before a stand-in, and what it counted. Keys: `one` may use all models, `two` only gemma3:270m.
struct GateFixture: Sendable {
  let running: RunningGateway
  let tokens: Monitor<[String]>

  static let openDoor: DoorMaker = { _, _ in
    Door(userNames: ["leanto-verify", "key:one", "key:two"].map { Array($0.utf8) }, models: { $0 == 2 ? ["gemma3:270m"] : nil }) {
      _, _, authorization, _, key in
      if authorization.count > 0, key.count > 0 { return .malformed }
      let value = String(
        decoding: (0..<authorization.count).map { authorization[$0] } + (0..<key.count).map { key[$0] }, as: UTF8.self)
      switch value {
      case "Bearer one", "one": return .pass(user: 1, isOurs: true)
      case "Bearer two": return .pass(user: 2, isOurs: true)
      case "Bearer fast": return .wait(seconds: 7)
      default: return .challenge
      }
    }
  }

  /// `body` may block its thread.
  static func with(
    concurrency: Int = 4, queue: Int = 8, api: ModelAPI = .ollama, more hosts: [ModelHost] = [],
    _ change: @escaping @Sendable (inout GatewayConfiguration) -> Void = { _ in }, script: @escaping ScriptedUpstream.Script,
    _ body: @escaping @Sendable (GateFixture) async throws -> Void
  ) async throws {
    let tokens = Monitor([String]())
    try await RunningGateway.with(
      workers: 2,
      { configuration in
        guard case .upstream(let address) = configuration.routes[0].target else { return }
        configuration.routes = [
          Route(service: "llm", prefix: "/llm/", stripsPrefix: true, target: .model, upgradePaths: []),
          Route(service: "llm", host: "ollama.localhost", target: .model, upgradePaths: []),
        ]
        configuration.makeDoor = openDoor
        configuration.gate = GatewayConfiguration.Gate(
          api: api, hosts: [ModelHost(address: address, api: api)] + hosts, concurrency: concurrency, queue: queue,
          noteTokens: { user, prompt, generated in tokens.change { $0.append("\(user) \(prompt)+\(generated)") } })
        change(&configuration)
      }, script: script
    ) { try await body(GateFixture(running: $0, tokens: tokens)) }
  }

  var upstream: ScriptedUpstream { running.upstream }

  func ask(_ method: String, _ path: String, key: String? = "one", _ body: String? = nil, fields: [String] = []) throws
    -> RawConnection
  {
    let client = try running.connect()
    try client.send(Self.request(method, path, key: key, body, fields: fields))
    return client
  }

  func answer(_ method: String, _ path: String, key: String? = "one", _ body: String? = nil, fields: [String] = []) throws
    -> WireResponse
  {
    try ask(method, path, key: key, body, fields: fields).response(to: method)
  }

  static func request(_ method: String, _ path: String, key: String?, _ body: String?, fields: [String]) -> String {
    var lines = ["\(method) \(path) HTTP/1.1"]
    if !fields.contains(where: { $0.hasPrefix("Host:") }) { lines.append("Host: lean.example") }
    if let key { lines.append("Authorization: Bearer \(key)") }
    if let body { lines += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"] }
    return (lines + fields).map { $0 + "\r\n" }.joined() + "\r\n" + (body ?? "")
  }

  static let chat = #"{"model":"gemma3:270m","messages":[{"role":"user","content":"Hi"}],"stream":true}"#
}
