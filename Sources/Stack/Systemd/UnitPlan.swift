package import Model
package import Settings

/// A stack as a unit of systemd: its file, and where it goes.
package struct UnitPlan: Sendable, Hashable {
  package enum Scope: String, Sendable, Hashable, Codable {
    /// Started with the machine, as a user of its own.
    case system
    /// Of one person's service manager; with lingering it starts with the machine too.
    case user
  }

  /// What the plan has to know of the machine.
  package struct Machine: Sendable, Hashable {
    package var scope: Scope
    /// Absolute, of the program that the unit runs.
    package var program: String
    /// Whom the daemon runs as; a system unit's alone.
    package var user: String
    /// Where a user's own units lie: `~/.config`.
    package var configuration: String
    /// Services in containers need Docker's socket, which its group may open.
    package var dockerGroup: Bool
    /// Whether the account `user` was made for this unit, and lingering was switched on for it: `remove` undoes both.
    package var madeUser = false
    package var madeLinger = false
    /// Names in `secrets/` that are handed over as credentials.
    package var credentials: [String] = []

    package init(scope: Scope, program: String, user: String = "leanto", configuration: String = "", dockerGroup: Bool = false) {
      self.scope = scope
      self.program = program
      self.user = user
      self.configuration = configuration
      self.dockerGroup = dockerGroup
    }
  }

  package var name: String
  package var path: String
  package var text: String
  package var scope: Scope

  package static func make(settings: StackSettings, directory: StackDirectory, machine: Machine) -> UnitPlan {
    let name = "leanto-\(settings.name).service"
    return UnitPlan(
      name: name, path: folder(machine.scope, machine.configuration) + "/" + name,
      text: UnitText(settings: settings, directory: directory, machine: machine).text, scope: machine.scope)
  }

  package static func folder(_ scope: Scope, _ configuration: String) -> String {
    scope == .system ? "/etc/systemd/system" : configuration + "/systemd/user"
  }
}

/// What a unit that Leanto wrote says of itself. systemd ignores sections that begin with `X-`.
package struct InstalledUnit: Sendable, Hashable {
  package var name: String
  package var scope: UnitPlan.Scope
  package var path: String
  package var stack: String
  package var user: String?
  package var madeUser: Bool
  package var madeLinger: Bool

  /// Nil: it is none of Leanto's.
  package init?(name: String, path: String, scope: UnitPlan.Scope, text: String) {
    let lines = text.split(separator: "\n").map(String.init)
    guard let section = lines.firstIndex(of: "[X-Leanto]") else { return nil }
    func value(_ key: String, _ lines: ArraySlice<String>) -> String? {
      lines.first { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
    }
    guard let stack = value("Stack", lines[section...]) else { return nil }
    self.name = name
    self.path = path
    self.scope = scope
    self.stack = stack
    user = value("User", lines[...])
    madeUser = value("MadeUser", lines[section...]) == "yes"
    madeLinger = value("MadeLinger", lines[section...]) == "yes"
  }
}
