import Glibc
import Model
import Testing

/// A stack of its own: a directory, free ports, one person who may enter; run by the real binary.
final class TemporaryStack: Sendable {
  let folder: TemporaryFolder
  let directory: StackDirectory
  let local: Int
  let tunnel: Int
  let user = "ada"
  let password = "correct horse battery staple"
  let engine: String
  /// What its verbs and its daemon find beside the test's own.
  let environment: [String: String]

  /// Writes settings whose gateway listens on free ports and whose services are `services` (YAML, indented by two), then adds the
  /// person. `more` is YAML at the top level, `access` what its key holds.
  init(
    in path: String? = nil, services: String, more: String = "", access: String = "{ throttle: off, sign-in: basic }",
    engine: String = "builtin", environment: [String: String] = [:]
  ) async throws {
    self.engine = engine
    self.environment = environment
    folder = try TemporaryFolder()
    directory = StackDirectory(path: path ?? folder.path + "/stack")
    local = try Lab.freePort()
    tunnel = try Lab.freePort()
    unsafe mkdir(directory.path, 0o700)
    try write(services: services, more: more, access: access)
    let added = try await leanto("user", "add", user, input: password + "\n")
    #expect(added.status == 0, "\(added.all)")
  }

  func write(services: String, more: String = "", access: String = "{ throttle: off, sign-in: basic }") throws {
    try TemporaryFolder.write(
      """
      name: end-to-end
      runner: native
      gateway:
        engine: \(engine)
        local: 127.0.0.1:\(local)
        tunnel: 127.0.0.1:\(tunnel)
        timeouts: { drain: 5s }
      access: \(access)
      \(more)
      services:
      \(services)

      """, to: directory.settings)
  }

  /// Runs a verb on this stack to its end.
  @discardableResult
  func leanto(_ arguments: String..., input: String = "", within seconds: Double = 120) async throws -> Outcome {
    try await start(arguments, input: input).outcome(within: seconds)
  }

  func start(_ arguments: [String], input: String = "") throws -> ChildProcess {
    // After `--` the words are another program's.
    let own = arguments.prefix { $0 != "--" }
    let words = own + ["--stack", directory.path] + arguments.dropFirst(own.count)
    return try ChildProcess(
      [Lab.binary] + words, environment: environment, input: input, folder: folder)
  }

  /// `leanto up`, which must succeed.
  func up() async throws {
    let outcome = try await leanto("up", within: 180)
    guard outcome.status == 0 else {
      throw TestFailure("up failed: \(outcome.all)\n\(TemporaryFolder.text(of: directory.daemonLog))")
    }
  }

  /// Its output; fails when it does not answer.
  func curl(_ arguments: String..., within seconds: Double = 60) async throws -> String {
    let all = ["curl", "-sS", "--max-time", "\(Int(seconds))"] + arguments
    let outcome = try await ChildProcess(all, folder: folder).outcome(within: seconds + 5)
    guard outcome.status == 0 else { throw TestFailure("curl \(arguments): \(outcome.all)") }
    return outcome.output
  }

  /// The status code alone.
  func statusCode(_ url: String, _ arguments: String...) async throws -> Int {
    let all = ["curl", "-sS", "--max-time", "20", "-o", "/dev/null", "-w", "%{http_code}"] + arguments + [url]
    let outcome = try await ChildProcess(all, folder: folder).outcome(within: 25)
    return Int(outcome.output) ?? 0
  }

  func url(_ path: String, on port: Int? = nil) -> String { "http://127.0.0.1:\(port ?? local)\(path)" }

  /// For `curl -u`.
  var credentials: String { "\(user):\(password)" }

  /// Runs one of the Python programs beside these tests to its end.
  func python(_ program: String, _ arguments: [String: String], within seconds: Double = 120) async throws -> Outcome {
    let command =
      [Lab.python, Lab.program(program)] + arguments.sorted { $0.key < $1.key }.map { "--\($0.key)=\($0.value)" }
    // The password goes by the environment, as arguments are seen by everyone.
    let environment = ["DOOR_USER": user, "DOOR_PASSWORD": password, "PYTHONDONTWRITEBYTECODE": "1"]
    return try await ChildProcess(command, environment: environment, folder: folder).outcome(within: seconds)
  }

  /// Stops everything and removes the directory, whatever state it is in.
  func dispose() async {
    _ = try? await leanto("down", within: 60)
    for process in Processes.mentioning(directory.path) { kill(process.identifier, SIGKILL) }
    folder.remove()
  }
}

/// A stack for the time of `body`.
func withStack(
  in path: String? = nil, services: String, more: String = "", access: String = "{ throttle: off, sign-in: basic }",
  engine: String = "builtin", environment: [String: String] = [:], _ body: (TemporaryStack) async throws -> Void
) async throws {
  let stack = try await TemporaryStack(
    in: path, services: services, more: more, access: access, engine: engine, environment: environment)
  do {
    try await body(stack)
  } catch {
    await stack.dispose()
    throw error
  }
  await stack.dispose()
}
