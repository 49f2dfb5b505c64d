package import Model

/// What verbs do to a stack's containers by themselves. Throws `DockerProblem`.
package enum ContainerCommands {
  /// `line` gets the last lines, and with `follow` those that come, until cancelled.
  package static func logs(
    _ stack: StackDirectory, _ name: String, lines: Int, follow: Bool, _ line: @escaping @Sendable (String) -> Void
  ) async throws {
    let options = ["logs", "--no-color", "--no-log-prefix", "--tail", "\(lines)"] + (follow ? ["--follow"] : []) + [name]
    try await DockerCommand.run(DockerCommand.compose(stack, options), seconds: follow ? 1 << 30 : 30, line: line)
  }

  /// Ends and removes all; the names of those that there were.
  package static func end(_ stack: StackDirectory) async throws -> [String] {
    let list = try await DockerCommand.output(DockerCommand.compose(stack, ["ps", "--all", "--services"]), seconds: 30)
    let names = Set(String(decoding: list, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)).sorted()
    try await ComposeRunner.down(stack)
    return names
  }
}
