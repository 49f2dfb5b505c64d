import CommandLineParser
import Model

enum UserListCommand: Command {
  static let verb = Verb("list", "Name the people who may enter")

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    try context.show(UserListReport(users: try context.environment.users.list(stack).map { .init(name: $0) }))
    return .done
  }
}

struct UserListReport: Report {
  struct User: Encodable, Sendable { var name: String }

  var users: [User]

  func text(_ style: Style) -> String {
    users.isEmpty
      ? "No one may enter. Let a person in: leanto user add NAME\n" : users.map { Visible.text($0.name) + "\n" }.joined()
  }
}
