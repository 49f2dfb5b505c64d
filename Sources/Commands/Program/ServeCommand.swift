import CommandLineParser
import Model

enum ServeCommand: Command {
  static let verb = Verb(
    "serve", "Run the daemon in the foreground, until a signal ends it", section: "The program",
    discussion: """
      What up starts in the background, and what a service manager runs. SIGTERM ends it after requests that run are finished.
      A second one on the same stack ends with exit code 5.
      """)

  static func run(_ context: CommandContext) async throws -> ExitCode {
    try context.refuseJSON()
    let stack = try context.existingStack()
    return try await context.environment.daemon.run(stack, context.environment.build)
  }
}
