import Model
import Settings

@testable import Commands

extension ServiceStatus {
  static func sample(_ name: String, _ state: ServiceState, message: String = "", restarts: Int = 0) -> ServiceStatus {
    ServiceStatus(
      name: name, state: state, at: "/\(name)/", address: "127.0.0.1:5678", restarts: restarts, since: 900, message: message)
  }
}

extension StackStatus {
  static func sample(_ services: [ServiceStatus], model: ModelStatus? = .sample) -> StackStatus {
    StackStatus(
      name: "home", version: "1.2.3", processIdentifier: 4321, directory: "/srv/home", startedAt: 700,
      listeners: [
        ListenerStatus(kind: .local, address: "127.0.0.1:8080"), ListenerStatus(kind: .tunnel, address: "127.0.0.1:8081"),
        ListenerStatus(kind: .internal, address: "127.0.0.1:41234"),
        ListenerStatus(kind: .control, address: "unix:/srv/home/run/control.sock"),
      ], services: services, model: model, settingsProblems: [])
  }

  static let healthy = sample([.sample("n8n", .healthy)])
}

extension ModelStatus {
  static let sample = ModelStatus(
    name: "gemma-3-270m", server: "http://127.0.0.1:9100", api: "openai", tokensPerSecond: 78.4)
}

extension Proof {
  static let proven = Proof(
    subject: "basic auth", service: "n8n", outcome: .proven, sent: "GET /n8n/ without credentials",
    received: "401 with a challenge")
  static let failed = Proof(
    subject: "stream", service: "", outcome: .failed, sent: "POST /v1/chat/completions with stream: true",
    received: "one piece after 3.1 s", remedy: "leanto logs model")
  static let skipped = Proof(
    subject: "websocket", service: "flowise", outcome: .skipped, sent: "", received: "the service has no path that echoes")
}

extension World {
  /// leanto.yaml reads as these settings.
  func settings(_ settings: StackSettings = StackSettings()) {
    environment.loadSettings = { (_, _) throws(SettingsProblems) in settings }
  }

  func problems(_ problems: [SettingsProblem]) {
    environment.loadSettings = { (_, _) throws(SettingsProblems) in throw SettingsProblems(problems: problems) }
  }

  /// The daemon tells these in turn, and the last one for ever.
  func statuses(_ statuses: [StackStatus?]) {
    let rest = Box(statuses)
    environment.daemon.status = { _ in rest.change { $0.count > 1 ? $0.removeFirst() : $0[0] } }
  }

  func proofs(_ proofs: [Proof]) {
    environment.verify = { _ in
      AsyncThrowingStream { stream in
        for proof in proofs { stream.yield(proof) }
        stream.finish()
      }
    }
  }
}
