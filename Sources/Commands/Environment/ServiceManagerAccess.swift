package import Model
package import Stack

/// systemd, and what of the machine its units depend on.
package struct ServiceManagerAccess: Sendable {
  /// Units that Leanto wrote and this user can see, of the system and of their own manager.
  package var units: @Sendable () -> [InstalledUnit]
  package var machine: @Sendable (_ stack: StackDirectory) -> ServiceMachineFacts
  /// Runs one of the machine's own commands to its end. Throws `CommandFailure` where it cannot be started.
  package var run: @Sendable (_ command: [String]) async throws -> CommandResult

  package init(
    units: @escaping @Sendable () -> [InstalledUnit], machine: @escaping @Sendable (StackDirectory) -> ServiceMachineFacts,
    run: @escaping @Sendable ([String]) async throws -> CommandResult
  ) {
    self.units = units
    self.machine = machine
    self.run = run
  }

  /// No service manager: for environments that are about something else.
  package static let none = ServiceManagerAccess(units: { [] }, machine: { _ in ServiceMachineFacts() }) { _ in
    CommandResult(status: 127, text: "")
  }
}

package struct CommandResult: Sendable, Hashable {
  package var status: Int32
  /// Both outputs.
  package var text: String

  package init(status: Int32, text: String) {
    self.status = status
    self.text = text
  }

  var lines: [String] { text.split(separator: "\n").map(String.init) }
}

package struct ServiceMachineFacts: Sendable, Hashable {
  /// Whether systemd is this machine's first process.
  package var hasSystemd = false
  package var isRoot = false
  package var userName = ""
  /// `~/.config` of this user.
  package var configuration = ""
  /// The program that runs now.
  package var program = ""
  /// The part of its path that others may not read or enter; nil: they may run it.
  package var closedPath: String?
  /// Whom the stack directory belongs to; nil: there is no such account.
  package var owner: String?
  package var ownerIsPerson = false
  package var hasServiceUser = false
  package var hasDockerGroup = false
  package var lingers = false

  package init() {}
}
