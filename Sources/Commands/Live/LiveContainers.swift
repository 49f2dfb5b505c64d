import Daemon
import Glibc
import Model
import Operations
import Settings
import Stack

/// The containers of a stack, by the `docker` program.
struct LiveContainers: Sendable {
  let daemon: LiveDaemon

  var access: ContainerAccess {
    ContainerAccess(
      names: Self.names,
      check: { stack, settings in
        if let problem = await ContainerChecks.missingDocker(stack, settings) { throw Self.failure(problem) }
      }, logs: Self.logs, execute: Self.execute, end: Self.end,
      plan: { stack, settings in
        if let plan = try await daemon.plan(stack) { return plan }
        return await ContainerChecks.preview(stack, settings)
      })
  }

  private static func names(_ stack: StackDirectory) -> [String] {
    let bytes = (try? LiveFiles.read(stack.composeFile, offset: 0, count: 1 << 20)) ?? []
    return ComposePlan.services(in: String(decoding: bytes, as: UTF8.self))
  }

  private static func logs(
    _ stack: StackDirectory, _ name: String, _ count: Int, _ follow: Bool, _ line: @escaping @Sendable (String) -> Void
  ) async throws {
    try await translated {
      try await ContainerCommands.logs(stack, name, lines: count, follow: follow, line)
    }
  }

  /// A terminal is the new program's as it was ours: signals and sizes reach it without us.
  private static func execute(_ stack: StackDirectory, _ name: String, _ command: [String], _ isTerminal: Bool) throws {
    let words = ["docker"] + DockerCommand.compose(stack, ["exec"] + (isTerminal ? [] : ["-T"]) + [name] + command)
    var pointers = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    unsafe execvp("docker", &pointers)
    throw failure(DockerProblem.notInstalled)
  }

  private static func end(_ stack: StackDirectory) async throws -> [String] {
    let names = names(stack)
    guard !names.isEmpty else { return [] }
    do {
      return try await ContainerCommands.end(stack)
    } catch let problem as DockerProblem {
      // Where there is no Docker, no container runs.
      if problem.kind == .notRunning || problem.kind == .notInstalled { return [] }
      throw failure(problem)
    }
  }

  private static func translated<Result>(_ body: () async throws -> Result) async throws -> Result {
    do { return try await body() } catch let problem as DockerProblem { throw failure(problem) }
  }

  private static func failure(_ problem: DockerProblem) -> CommandFailure {
    CommandFailure(problem.exitCode, problem.sentence, remedy: problem.remedy)
  }
}
