import CommandLineParser
import Model

enum ManualCommand: Command {
  static let verb = Verb(
    "manual", "Print the manual page", section: "The program",
    examples: [.init("leanto manual | man -l -", "Read it")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    try context.refuseJSON()
    let page = ManualPage(LeantoProgram.declaration, version: context.environment.build.version)
    context.environment.terminal.write(page.text)
    return .done
  }
}
