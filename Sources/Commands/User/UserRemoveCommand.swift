import CommandLineParser
import Model

enum UserRemoveCommand: Command {
  static let verb = Verb("remove", "Do not let a person in any more", arguments: [UserNoun.person])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let name = try UserNoun.name(context, stack, exists: true)
    let before = try context.environment.users.list(stack)
    try context.environment.users.remove(stack, name)
    try UserNoun.forgetFirstPassword(of: name, before, stack, context.files)
    let note = before.count == 1 ? "No one may enter now. Let a person in: leanto user add NAME" : nil
    try context.show(UserReport(name: name, change: "removed", note: note))
    return .done
  }
}
