import Glibc

/// A program that a test started, in a session of its own, its output in files.
final class ChildProcess: Sendable {
  let identifier: pid_t
  private let output: String
  private let errors: String

  /// `command`: a path or a name in PATH, and its arguments. `environment` is added to the test's own; `input` is all of its
  /// standard input. `folder` holds its output and is the caller's to remove.
  init(
    _ command: [String], environment: [String: String] = [:], input: String = "", directory: String = "/", folder: TemporaryFolder
  ) throws {
    let name = folder.path(unique: command.first.map { String($0.split(separator: "/").last ?? "program") } ?? "program")
    output = name + ".out"
    errors = name + ".err"
    try TemporaryFolder.write(input, to: name + ".in")
    identifier = try Self.start(
      ["/usr/bin/env", "-C", directory] + environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + command,
      input: name + ".in", output: output, errors: errors)
  }

  var outputSoFar: String { TemporaryFolder.text(of: output) }
  var errorsSoFar: String { TemporaryFolder.text(of: errors) }

  /// What it left, when it ended in time; it is killed otherwise.
  func outcome(within seconds: Double) async throws -> Outcome {
    var status: Int32?
    do {
      try await until("\(identifier) ends", within: seconds) {
        status = exitStatus()
        return status != nil
      }
    } catch {
      send(SIGKILL)
      _ = try? await outcome(within: 5)
      throw TestFailure(
        "a program did not end within \(seconds) s; it said: \(outputSoFar.suffix(500))\(errorsSoFar.suffix(2000))")
    }
    return Outcome(status: status ?? -1, output: outputSoFar, errors: errorsSoFar)
  }

  /// To the program alone; what it started is its own to end.
  func send(_ signal: Int32) { kill(identifier, signal) }

  func end() async throws {
    send(SIGTERM)
    _ = try await outcome(within: 10)
  }

  /// Its exit code, 128 + the signal's number for a signal, nil while it runs.
  private func exitStatus() -> Int32? {
    var status: Int32 = 0
    guard unsafe waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  private static func start(_ command: [String], input: String, output: String, errors: String) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT, 0o600)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // POSIX_SPAWN_SETSID of glibc's spawn.h, a macro that does not reach Swift.
    var nothing = sigset_t()
    unsafe sigemptyset(&nothing)
    unsafe posix_spawnattr_setsigmask(&attributes, &nothing)
    unsafe posix_spawnattr_setflags(&attributes, 0x80 | Int16(POSIX_SPAWN_SETSIGMASK))
    var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var identifier: pid_t = 0
    let problem = unsafe posix_spawnp(&identifier, command[0], &actions, &attributes, &arguments, environ)
    guard problem == 0 else { throw TestFailure("\(command) could not be started: \(problem)") }
    return identifier
  }
}

/// What a program left behind.
struct Outcome: Sendable {
  var status: Int32
  var output: String
  var errors: String

  /// For messages of tests.
  var all: String { "exit code \(status)\n\(output)\(errors)" }
}

struct TestFailure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

/// Waits for a condition, with a deadline.
func until(
  _ what: String, within seconds: Double = 30, isolation: isolated (any Actor)? = #isolation,
  _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw TestFailure("not within \(seconds) s: \(what)") }
    try await Task.sleep(for: .milliseconds(20))
  }
}
