internal import Glibc
package import Model

/// The `docker` program, and how it is called.
package enum DockerCommand {
  /// What decides to which engine it talks, and how.
  private static let variables = [
    "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY", "DOCKER_API_VERSION",
    "XDG_RUNTIME_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSH_AUTH_SOCK",
  ]

  static func plan(_ arguments: [String], directory: String = "/") -> ProcessPlan {
    var environment: [String: String] = [:]
    for name in variables { environment[name] = ownEnvironment(name) }
    // Compose would take these for the stack's own values.
    environment["COMPOSE_DISABLE_ENV_FILE"] = "1"
    return ProcessPlan(command: ["docker"] + arguments, environment: environment, directory: directory)
  }

  /// Of the whole stack, which needs no other option: its file names the project.
  package static func compose(_ stack: StackDirectory, _ arguments: [String]) -> [String] {
    ["compose", "--ansi", "never", "--file", stack.composeFile] + arguments
  }

  /// What it printed. Throws `DockerProblem`.
  static func output(_ arguments: [String], seconds: Int = 15) async throws -> [UInt8] {
    try await run(arguments, seconds: seconds).output
  }

  @discardableResult
  static func run(
    _ arguments: [String], seconds: Int, line: (@Sendable (String) -> Void)? = nil
  ) async throws -> CommandOutput {
    let output: CommandOutput
    do {
      output = try await CommandOutput.run(plan(arguments), limit: .seconds(seconds), line: line)
    } catch is CannotStart {
      throw DockerProblem.notInstalled
    }
    try Task.checkCancellation()
    if output.isTooLate { throw DockerProblem.hangs(seconds) }
    guard output.isDone else { throw DockerProblem(errors: output.errors, portHolder: holder) }
    return output
  }

  private static func holder(of port: UInt16) -> String? {
    PortHolder.find(port: port).map { "\($0.command) (process \($0.processIdentifier))" }
  }
}
