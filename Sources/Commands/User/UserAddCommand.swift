import CommandLineParser
import Model

enum UserAddCommand: Command {
  static let verb = Verb(
    "add", "Let a person in", discussion: "The password is asked for twice, or read as one line from standard input.",
    arguments: [UserNoun.person],
    examples: [
      .init("leanto user add ada", "Asks for the password"),
      .init("pass show ada | leanto user add ada", "Takes it from another program"),
    ])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let name = try UserNoun.name(context, stack, exists: false)
    let password = try UserNoun.newPassword(for: name, context)
    try context.environment.users.add(stack, name, password)
    try context.show(UserReport(name: name, change: "added", note: nil))
    return .done
  }
}

struct UserReport: Report {
  var name: String
  /// added, removed, password changed.
  var change: String
  var note: String?

  func text(_ style: Style) -> String { "\(Visible.text(name)): \(change)\n" + (note.map { $0 + "\n" } ?? "") }
}
