import Model
import Settings
import Stack
import Testing

/// One stack, and the plan that must come out of it.
struct PlanCase: Sendable, CustomTestStringConvertible {
  let name: String
  let settings: StackSettings
  var machine = MachineFacts.full
  var secrets = StackSecrets.dummies
  /// Without the lines of environment variables, which two cases show whole.
  var isBrief = true
  let golden: String

  var testDescription: String { name }
  var plan: StackPlan { .of(settings, machine: machine, secrets: secrets) }

  var text: String {
    guard isBrief else { return plan.text }
    return plan.text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { $0.wholeMatch(of: #/  [A-Z0-9_]+=.*/#) == nil }.joined(separator: "\n")
  }
}

extension StackPlan {
  static func of(
    _ settings: StackSettings, machine: MachineFacts = .full, secrets: StackSecrets = .dummies
  ) -> StackPlan {
    make(settings: settings, machine: machine, directory: StackDirectory(path: "/srv/home"), secrets: secrets)
  }

  func service(_ name: String) -> NativeService? { services.first { $0.name == name } }
  func route(_ name: String) -> Route? { routes.first { $0.service == name } }
  func process(_ name: String) -> ProcessPlan? {
    if case .process(let process)? = service(name)?.kind { process } else { nil }
  }
}

extension MachineFacts {
  static let full = MachineFacts(
    commands: ["n8n": "/usr/bin/n8n", "flowise": "/usr/bin/flowise", "python3": "/usr/bin/python3"], cores: 2,
    environment: ["PATH": "/usr/bin", "HOME": "/root", "TZ": "Europe/Berlin"], ollama: "http://127.0.0.1:11434")
  static let empty = MachineFacts()
}

extension StackSecrets {
  static let dummies = StackSecrets(values: [
    "n8n-encryption-key": "KEY-OF-N8N", "n8n-owner-password": "PASSWORD-OF-N8N", "n8n-owner-hash": "$2b$10$HASH",
    "flowise-encryption-key": "KEY-OF-FLOWISE", "flowise-owner-password": "PASSWORD-OF-FLOWISE",
    "automation-encryption-key": "KEY-2", "automation-owner-password": "PASSWORD-2", "automation-owner-hash": "$2b$10$HASH2",
  ])
}

extension StackSettings {
  init(_ services: ServiceSettings..., change: (inout StackSettings) -> Void = { _ in }) {
    self.init()
    self.services = services
    change(&self)
  }
}

extension ServiceSettings {
  init(_ name: String, preset: String? = nil, at: Place? = nil, change: (inout ServiceSettings) -> Void = { _ in }) {
    self.init(name: name)
    self.preset = preset
    self.at = at
    change(&self)
  }

  static func n8n(at: Place? = .path("/n8n/"), change: (inout ServiceSettings) -> Void = { _ in }) -> ServiceSettings {
    ServiceSettings("n8n", preset: "n8n", at: at, change: change)
  }

  static func flowise(at: Place? = .path("/"), change: (inout ServiceSettings) -> Void = { _ in }) -> ServiceSettings {
    ServiceSettings("flowise", preset: "flowise", at: at, change: change)
  }
}
