import Glibc
import Model

/// `leanto serve` as a process of its own, that goes on when this one ends.
enum LiveDaemonProcess {
  /// POSIX_SPAWN_SETSID of glibc's spawn.h (2.26 and later), which Swift does not see.
  private static let newSession: Int16 = 0x80

  /// In the environment of a daemon that `up` started: it writes its log to the file itself, so that it can be rotated.
  static let marker = "LEANTO_BACKGROUND"

  static func start(_ stack: StackDirectory) throws -> StartedDaemon {
    try withholdDescriptors()
    let identifier = try spawn(["leanto", "serve", "--stack", stack.path], log: stack.daemonLog)
    return StartedDaemon(processIdentifier: identifier) { exitStatus(identifier) }
  }

  static func terminate(_ processIdentifier: Int32) {
    if processIdentifier > 1 { kill(processIdentifier, SIGTERM) }
  }

  /// What make, a pipe or a test left open here must not stay open as long as the daemon runs: its reader would wait forever.
  private static func withholdDescriptors() throws {
    for name in try LiveFiles.list("/proc/self/fd") {
      if let descriptor = Int32(name), descriptor > STDERR_FILENO { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }
  }

  private static func spawn(_ arguments: [String], log: String) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    unsafe posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // This thread may be one of those that block signals, and a program inherits that: nobody could end the daemon then.
    var nothing = sigset_t()
    unsafe sigemptyset(&nothing)
    unsafe posix_spawnattr_setsigmask(&attributes, &nothing)
    unsafe posix_spawnattr_setflags(&attributes, newSession | Int16(POSIX_SPAWN_SETSIGMASK))
    var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    let inherited = CommandEnvironment.variables().map { name, value in "\(name)=\(value)" }
    var variables = unsafe (inherited + ["\(marker)=1"]).map { unsafe strdup($0) } + [nil]
    defer { unsafe variables.forEach { unsafe free($0) } }
    var identifier: pid_t = 0
    // The program that runs now, even when its file was moved or replaced by a newer one.
    let failure = unsafe posix_spawn(&identifier, "/proc/self/exe", &actions, &attributes, &words, &variables)
    guard failure == 0 else {
      throw CommandFailure(.failed, "cannot start the daemon: \(unsafe String(cString: strerror(failure)))")
    }
    return identifier
  }

  private static func exitStatus(_ identifier: pid_t) -> Int32? {
    var status: Int32 = 0
    let ended = unsafe waitpid(identifier, &status, WNOHANG)
    if ended == 0 { return nil }
    guard ended == identifier else { return ExitCode.failed.rawValue }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }
}
