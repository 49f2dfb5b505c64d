import Model
import Settings

@testable import Commands

/// A test that meets this has to say what the closure does.
func unexpected(_ name: String) -> Never {
  fatalError("environment.\(name) was called, but the test did not set it")
}

extension CommandEnvironment {
  static func refusing(_ folder: String) -> CommandEnvironment {
    CommandEnvironment(
      arguments: [], variables: [:], currentDirectory: folder, build: BuildFacts(version: "1.2.3", swift: "6.3"),
      terminal: .refusing, files: .refusing, daemon: .refusing, users: .refusing, keys: .refusing, certificates: .refusing,
      models: .refusing, doctor: .refusing,
      machine: .refusing,
      clock: .refusing,
      loadSettings: { (_, _) throws(SettingsProblems) in unexpected("loadSettings") }, verify: { _ in unexpected("verify") })
  }
}

extension TerminalAccess {
  static let refusing = TerminalAccess(
    inputIsTerminal: false, outputIsTerminal: false, errorIsTerminal: false, write: { _ in unexpected("terminal.write") },
    writeError: { _ in unexpected("terminal.writeError") }, readLine: { unexpected("terminal.readLine") },
    readPassword: { _ in unexpected("terminal.readPassword") },
    // Nobody interrupts, unless a test says so.
    interruption: { try await Task.sleep(for: .seconds(3600)) })
}

extension FileAccess {
  static let refusing = FileAccess(
    facts: { _ in unexpected("files.facts") }, list: { _ in unexpected("files.list") },
    read: { _, _, _ in unexpected("files.read") }, create: { _, _, _ in unexpected("files.create") },
    makeDirectory: { _, _ in unexpected("files.makeDirectory") }, rename: { _, _ in unexpected("files.rename") },
    remove: { _ in unexpected("files.remove") }, lock: { _ in unexpected("files.lock") },
    lockHolder: { _ in unexpected("files.lockHolder") }, uninterrupted: { _ in unexpected("files.uninterrupted") })
}

extension DaemonAccess {
  static let refusing = DaemonAccess(
    status: { _ in unexpected("daemon.status") }, reload: { _ in unexpected("daemon.reload") },
    restart: { _, _ in unexpected("daemon.restart") }, lockouts: { _ in nil },
    unlock: { _, _ in unexpected("daemon.unlock") }, stop: { _ in unexpected("daemon.stop") },
    start: { _ in unexpected("daemon.start") }, terminate: { _ in unexpected("daemon.terminate") },
    endLeftovers: { _ in unexpected("daemon.endLeftovers") },
    run: { _, _ in unexpected("daemon.run") })
}

extension KeyAccess {
  static let refusing = KeyAccess(
    list: { _ in unexpected("keys.list") }, add: { _, _, _ in unexpected("keys.add") },
    revoke: { _, _ in unexpected("keys.revoke") })
}

extension CertificateAccess {
  static let refusing = CertificateAccess(
    show: { _, _ in unexpected("certificates.show") }, make: { _, _, _ in unexpected("certificates.make") },
    renew: { _, _ in unexpected("certificates.renew") }, problem: { _, _ in nil })
}

extension ModelAccess {
  static let refusing = ModelAccess(find: { _ in unexpected("models.find") })
}

extension DoctorAccess {
  static let refusing = DoctorAccess(
    examine: { _ in unexpected("doctor.examine") }, fix: { _ in unexpected("doctor.fix") })
}

extension UserAccess {
  static let refusing = UserAccess(
    list: { _ in unexpected("users.list") }, add: { _, _, _ in unexpected("users.add") },
    remove: { _, _ in unexpected("users.remove") }, setPassword: { _, _, _ in unexpected("users.setPassword") })

  /// Names and passwords as lines `name:password` of the users' file, as the real one keeps `name:hash`.
  static let plain = UserAccess(
    list: { stack in entries(stack).map(\.name) },
    add: { stack, name, password in try save(entries(stack) + [(name, password)], stack) },
    remove: { stack, name in try save(entries(stack).filter { $0.name != name }, stack) },
    setPassword: { stack, name, password in
      try save(entries(stack).map { $0.name == name ? (name, password) : $0 }, stack)
    })

  private static func entries(_ stack: StackDirectory) -> [(name: String, password: String)] {
    let bytes = (try? LiveFiles.read(stack.users, offset: 0, count: 65536)) ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return (String(parts[0]), String(parts[1]))
    }
  }

  private static func save(_ entries: [(name: String, password: String)], _ stack: StackDirectory) throws {
    try LiveFiles.makeDirectory(stack.secrets, mode: 0o700)
    try LiveFiles.remove(stack.users)
    let text = entries.map { "\($0.name):\($0.password)\n" }.joined()
    try LiveFiles.create(stack.users, Array(text.utf8), mode: 0o600)
  }
}

extension MachineAccess {
  static let refusing = MachineAccess(
    isFree: { _ in unexpected("machine.isFree") }, ollamaAnswers: { unexpected("machine.ollamaAnswers") },
    makePassword: { unexpected("machine.makePassword") })
}

extension ClockAccess {
  static let refusing = ClockAccess(
    now: { unexpected("clock.now") }, monotonic: { unexpected("clock.monotonic") }, sleep: { _ in unexpected("clock.sleep") })
}
