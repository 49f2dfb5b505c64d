import CommandLineParser
import Model
import Settings
import Stack

/// `leanto service`: started with the machine.
enum ServiceNoun {
  /// Whom system units run as, unless the stack belongs to a person.
  static let account = "leanto"

  static let verb = Verb(
    "service", "Started with the machine: a unit of systemd, its state, its end", section: "The machine",
    discussion: "With a unit, leanto up and leanto down start and stop it, and its log is in the journal.")
  static let commands: [any Command.Type] = [ServiceInstallCommand.self, ServiceStatusCommand.self, ServiceRemoveCommand.self]

  /// The unit of this stack, if it has one.
  static func unit(of stack: StackDirectory, _ environment: CommandEnvironment) -> InstalledUnit? {
    environment.serviceManager.units().first { $0.stack == stack.path }
  }

  static func requireSystemd(_ facts: ServiceMachineFacts) throws {
    guard !facts.hasSystemd else { return }
    throw CommandFailure(
      .missing, "this machine is not run by systemd, so nothing could start the stack with it",
      details: ["in WSL: write [boot] and systemd=true into /etc/wsl.conf, then 'wsl --shutdown' in Windows"],
      remedy: "leanto up, which starts the stack now")
  }
}

/// systemctl, for one unit's manager.
struct UnitControl {
  var unit: InstalledUnit
  var environment: CommandEnvironment

  private var systemctl: [String] { ["systemctl"] + (unit.scope == .user ? ["--user"] : []) + ["--no-ask-password"] }

  /// Throws with systemctl's own words and, where it starts something, the journal's last lines.
  func order(_ words: String...) async throws {
    let result = try await environment.serviceManager.run(systemctl + words + [unit.name])
    guard result.status != 0 else { return }
    let isDenied = result.text.contains("authentication") || result.text.contains("Access denied")
    throw CommandFailure(
      .failed, "systemctl could not \(words.joined(separator: " ")) \(unit.name)",
      details: Array(result.lines.prefix(4)) + (isDenied ? [] : try await journal(10)),
      remedy: isDenied ? "the same command with sudo" : "journalctl \(unit.scope == .user ? "--user " : "")-u \(unit.name) -n 50")
  }

  func reloadManager() async throws {
    _ = try await environment.serviceManager.run(systemctl + ["daemon-reload"])
  }

  func forget() async throws {
    _ = try await environment.serviceManager.run(systemctl + ["reset-failed", unit.name])
  }

  func journal(_ count: Int) async throws -> [String] {
    let words =
      ["journalctl"] + (unit.scope == .user ? ["--user"] : []) + ["-u", unit.name, "-n", "\(count)", "--no-pager", "-o", "cat"]
    return try await environment.serviceManager.run(words).lines.suffix(count).map { $0 }
  }

  /// systemd's properties by their names; empty for those that it does not know.
  func properties(_ names: [String]) async throws -> [String: String] {
    let result = try await environment.serviceManager.run(
      systemctl + ["show", unit.name, "--property", names.joined(separator: ",")])
    let pairs = result.lines.compactMap { line -> (String, String)? in
      guard let sign = line.firstIndex(of: "=") else { return nil }
      return (String(line[..<sign]), String(line[line.index(after: sign)...]))
    }
    return Dictionary(pairs, uniquingKeysWith: { $1 })
  }
}
