import CommandLineParser
import Model

enum CompletionsCommand: Command {
  private static let shell = Argument(
    "SHELL", "bash, zsh or fish", value: .oneOf(Completions.Shell.allCases.map(\.rawValue)))

  static let verb = Verb(
    "completions", "Print what a shell needs to complete leanto's words", section: "The program", arguments: [shell],
    examples: [
      .init("source <(leanto completions bash)", "For this bash; the same with zsh"),
      .init("leanto completions fish | source", "For this fish"),
    ])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    try context.refuseJSON()
    if let chosen = context.invocation.text(shell).flatMap(Completions.Shell.init(rawValue:)) {
      context.environment.terminal.write(Completions(LeantoProgram.declaration).script(for: chosen))
    }
    return .done
  }
}
