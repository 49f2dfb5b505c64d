import CommandLineParser
import Model

enum UserPasswordCommand: Command {
  static let verb = Verb(
    "password", "Change a person's password",
    discussion: "The password is asked for twice, or read as one line from standard input.", arguments: [UserNoun.person])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let name = try UserNoun.name(context, stack, exists: true)
    let password = try UserNoun.newPassword(for: name, context)
    try context.environment.users.setPassword(stack, name, password)
    try UserNoun.forgetFirstPassword(of: name, try context.environment.users.list(stack), stack, context.files)
    try context.show(UserReport(name: name, change: "password changed", note: nil))
    return .done
  }
}
