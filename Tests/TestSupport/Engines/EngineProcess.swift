internal import CLinux
internal import Glibc

/// A program that a test started, with a folder of its own. Both are gone when the tests are.
package final class EngineProcess: Sendable {
  package let folder: String
  package let processIdentifier: Int32
  private let descriptor: Int32

  /// `command[0]` is a path. What it prints is in `folder`/output.log.
  package init(_ command: [String], folder: String) throws {
    self.folder = folder
    // Takes the child along when this process dies without a chance to clean up.
    let guarded =
      unsafe access("/usr/bin/setpriv", X_OK) == 0 ? ["/usr/bin/setpriv", "--pdeathsig", "TERM", "--"] + command : command
    processIdentifier = try Self.spawn(guarded, output: folder + "/output.log")
    descriptor = linux_pidfd_open(processIdentifier)
    Remains.shared.add(self)
  }

  deinit { close(descriptor) }

  package func signal(_ number: Int32) { _ = kill(processIdentifier, number) }

  /// Nil while it runs; otherwise its exit code, or minus the signal that ended it.
  package func exitStatus(_ deadline: Deadline) -> Int32? {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&entry, 1, deadline.milliseconds) > 0 else { return nil }
    var information = unsafe siginfo_t()
    guard unsafe waitid(P_PID, id_t(processIdentifier), &information, WEXITED | WNOWAIT) == 0 else { return nil }
    let status = unsafe information._sifields._sigchld.si_status
    return unsafe information.si_code == Int32(CLD_EXITED) ? status : -status
  }

  /// The last lines that it printed.
  package var output: String { String((readText(folder + "/output.log") ?? "").suffix(3000)) }

  /// Ends it if it still runs, and removes its folder.
  package func remove() {
    signal(SIGTERM)
    if exitStatus(.seconds(3)) == nil { signal(SIGKILL) }
    _ = exitStatus(.seconds(5))
    removeTree(folder)
  }

  private static func spawn(_ command: [String], output: String) throws -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // A child that kept a copy of a connection would keep it open: its other end would never hear of our closing it.
    unsafe linux_spawn_closing_from(&actions, 3)
    let environment = ["PATH", "HOME", "TMPDIR"].compactMap { name in environmentValue(name).map { "\(name)=\($0)" } }
    var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
    var variables = unsafe environment.map { unsafe strdup($0) } + [nil]
    defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
    var identifier: pid_t = 0
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    setSignals(&attributes)
    let code = unsafe posix_spawn(&identifier, command[0], &actions, &attributes, &arguments, &variables)
    guard code == 0 else { throw WireError.system(call: "starting \(command[0])", code: code) }
    return identifier
  }

  // Threads of a Swift program block most signals, and a child would inherit that.
  private static func setSignals(_ attributes: inout posix_spawnattr_t) {
    var none = sigset_t()
    var all = sigset_t()
    unsafe sigemptyset(&none)
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
  }
}

/// What is left to end and to remove when this process exits.
private final class Remains: Sendable {
  static let shared = Remains()
  private let processes = Monitor([EngineProcess]())

  private init() { atexit { Remains.shared.clear() } }

  func add(_ process: EngineProcess) { processes.change { $0.append(process) } }

  private func clear() {
    for process in processes.value { process.signal(SIGTERM) }
    for process in processes.value { process.remove() }
  }
}
