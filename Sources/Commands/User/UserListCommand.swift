import CommandLineParser
import Model

enum UserListCommand: Command {
  static let verb = Verb("list", "Name the people who may enter, and who is locked out")

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let users = try context.environment.users.list(stack).map { UserListReport.User(name: $0) }
    // The list is right without a daemon, and also beside one that does not answer.
    let locked = (try? await context.environment.daemon.lockouts(stack)) ?? []
    try context.show(UserListReport(users: users, locked: locked))
    return .done
  }
}

struct UserListReport: Report {
  struct User: Encodable, Sendable { var name: String }

  var users: [User]
  var locked: [Lockout]

  func text(_ style: Style) -> String {
    guard !users.isEmpty else { return "No one may enter. Let a person in: leanto user add NAME\n" }
    let names = users.map { Visible.text($0.name) + "\n" }.joined()
    guard !locked.isEmpty else { return names }
    let remedy = "Let somebody in before that: leanto user unlock NAME or ADDRESS\n"
    return names + "\nLocked out after wrong passwords:\n" + locked.map { "  \(line($0))\n" }.joined() + remedy
  }

  private func line(_ lockout: Lockout) -> String {
    let user = lockout.user.map(Visible.text)
    guard let address = lockout.address else {
      return "\(user ?? ""): many guess the password; who never signed in from an address has one try there"
    }
    let who = user.map { " (as \($0))" } ?? ""
    return "\(address)\(who): for \((lockout.seconds + 59) / 60) min"
  }
}
