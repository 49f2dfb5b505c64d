import CommandLineParser
import Model
import Settings

enum CheckCommand: Command {
  static let verb = Verb(
    "check", "Say whether leanto.yaml is right, or every problem at once", section: "A stack",
    discussion: """
      Nothing is started or changed. Problems are told as file:line: path: what it should be. Exit code 3 when there are any.
      """,
    examples: [.init("leanto check", "Check the stack of this folder")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let report: CheckReport
    do {
      let settings = try context.settings(of: stack)
      if let (path, message) = context.environment.certificates.problem(stack, settings) {
        throw SettingsProblems(problems: [SettingsProblem(file: stack.settings, line: 0, path: path, message: message)])
      }
      report = CheckReport(settings, file: stack.settings)
    } catch let error as SettingsProblems {
      // For people they go to standard error, as all that is wrong does.
      guard context.wantsJSON else { throw error }
      report = CheckReport(error, file: stack.settings)
    }
    try context.show(report)
    return report.isRight ? .done : .settings
  }
}
