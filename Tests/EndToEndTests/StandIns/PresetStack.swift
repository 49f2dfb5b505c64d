import Model
import TestSupport
import Testing

/// n8n below /n8n/ and Flowise at / on one host, as the presets run them, with the stand-ins in place of both and of the model.
struct PresetStack: Sendable {
  let stack: TemporaryStack
  let internalPort: Int
  let n8n: Int
  let flowise: Int
  let model: OllamaStandIn

  /// Of the stand-in for Flowise: everybody may run it; it calls n8n; it calls the model.
  static let flow = "bd52cf1a-5df2-45c9-853d-02c17fc7ef2a"
  static let callsN8N = "00000000-0000-4000-8000-0000000000aa"
  static let callsModel = "00000000-0000-4000-8000-0000000000bb"

  static func with(
    _ engine: String, access: String = "{ throttle: off, sign-in: both }", _ body: (PresetStack) async throws -> Void
  )
    async throws
  {
    let model = try await OllamaStandIn()
    let (inside, n8n, flowise) = (try Lab.freePort(), try Lab.freePort(), try Lab.freePort())
    let path = [Lab.standIns + "/n8n", Lab.standIns + "/flowise", Lab.caddyFolder, Lab.environment("PATH") ?? "/usr/bin:/bin"]
    try await withStack(
      services: services(inside: inside, n8n: n8n, flowise: flowise, model: model.address),
      more: "llm: { address: \"\(model.address)\" }", access: access, engine: engine,
      environment: ["PATH": path.joined(separator: ":")]
    ) { stack in
      let written = TemporaryFolder.text(of: stack.directory.settings)
      try TemporaryFolder.write(
        written.replacing("gateway:\n", with: "gateway:\n  internal: 127.0.0.1:\(inside)\n"), to: stack.directory.settings)
      try await stack.up()
      try await body(PresetStack(stack: stack, internalPort: inside, n8n: n8n, flowise: flowise, model: model))
    }
  }

  private static func services(inside: Int, n8n: Int, flowise: Int, model: String) -> String {
    let gateway = "http://127.0.0.1:\(inside)"
    let asks = "\(model)/v1/chat/completions"
    return """
        n8n:
          preset: n8n
          port: \(n8n)
          at: /n8n/
          public: [webhooks]
          environment:
            STAND_IN_CALLS: '{"to-flowise": "\(gateway)/api/v1/prediction/\(flow)", "to-model": "\(asks)"}'
        flowise:
          preset: flowise
          port: \(flowise)
          at: /
          public: [predictions]
          environment:
            STAND_IN_CALLS: '{"\(callsN8N)": "\(gateway)/n8n/webhook/h1post", "\(callsModel)": "\(asks)"}'
      """
  }

  func secret(_ name: String) -> String {
    TemporaryFolder.text(of: stack.directory.secrets + "/" + name).filter { !$0.isNewline }
  }

  /// Head and body of the answer.
  func curl(_ path: String, _ arguments: [String] = [], on port: Int? = nil) async throws -> String {
    let all = ["curl", "-sS", "-i", "--path-as-is", "--max-time", "20"] + arguments + [stack.url(path, on: port)]
    return try await ChildProcess(all, folder: stack.folder).outcome(within: 30).output
  }

  func status(_ path: String, _ arguments: [String] = [], on port: Int? = nil) async throws -> Int {
    let answer = try await curl(path, arguments, on: port)
    return Int(answer.split(separator: " ").dropFirst().first ?? "") ?? 0
  }

  /// By the door.
  var signedIn: [String] { ["-u", stack.credentials] }
}
