/// What `leanto up` would change: file by file and service by service.
package struct PlanReport: Sendable, Codable, Hashable {
  package struct File: Sendable, Codable, Hashable {
    package enum Change: String, Sendable, Codable { case create, change, remove }

    /// Seen from the stack directory.
    package var path: String
    package var change: Change
    /// Lines of a unified diff, without its head; secrets are masked.
    package var diff: [String]

    package init(path: String, change: Change, diff: [String]) {
      self.path = path
      self.change = change
      self.diff = diff
    }
  }

  package struct Service: Sendable, Codable, Hashable {
    package enum Action: String, Sendable, Codable { case create, recreate, restart, reload, remove, nothing }

    package var name: String
    package var action: Action
    /// Why, a few words each. No value of a variable is in them.
    package var reasons: [String]

    package init(name: String, action: Action, reasons: [String] = []) {
      self.name = name
      self.action = action
      self.reasons = reasons
    }
  }

  package var files: [File]
  package var services: [Service]
  /// What was asked for and cannot be had as written.
  package var warnings: [String]

  package init(files: [File], services: [Service], warnings: [String]) {
    self.files = files
    self.services = services
    self.warnings = warnings
  }

  package var changesAnything: Bool { !files.isEmpty || services.contains { $0.action != .nothing } }
}
