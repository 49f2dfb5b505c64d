import CommandLineParser
import Model

/// `leanto user`: the people who may enter.
enum UserNoun {
  static let verb = Verb(
    "user", "Who may enter: add, list, remove, change a password, unlock", section: "Access",
    discussion: "Changes are live at once, without a restart.")
  static let commands: [any Command.Type] = [
    UserAddCommand.self, UserListCommand.self, UserRemoveCommand.self, UserPasswordCommand.self, UserUnlockCommand.self,
  ]

  static let person = Argument("NAME", "The person's name, as it is typed to sign in")

  /// The name that was typed, which is in the file or not as `exists` says.
  static func name(_ context: CommandContext, _ stack: StackDirectory, exists: Bool) throws -> String {
    let typed = context.invocation.text(person) ?? ""
    if let problem = Credentials.problem(withName: typed) { throw WrongUsage(problem, path: context.invocation.path) }
    let known = try context.environment.users.list(stack)
    guard known.contains(typed) != exists else { return typed }
    throw exists
      ? CommandFailure(.failed, "there is no user \(typed)\(Nearest.hint(for: typed, in: known))", remedy: "leanto user list")
      : CommandFailure(.failed, "there is a user \(typed) already", remedy: "leanto user password \(shellQuoted(typed))")
  }

  /// A new password: asked for twice on a terminal, else one line of standard input.
  static func newPassword(for name: String, _ context: CommandContext) throws -> String {
    let terminal = context.environment.terminal
    let password: String?
    if terminal.inputIsTerminal {
      password = try terminal.readPassword("New password for \(name): ")
      if let password, let problem = Credentials.problem(withPassword: password) { throw CommandFailure(.failed, problem) }
      guard try password == nil || terminal.readPassword("The same again: ") == password else {
        throw CommandFailure(.failed, "the two passwords are not the same; nothing was changed")
      }
    } else {
      password = try terminal.readLine()
    }
    guard let password else { throw CommandFailure(.failed, "no password was given; nothing was changed") }
    if let problem = Credentials.problem(withPassword: password) { throw CommandFailure(.failed, problem) }
    return password
  }

  /// The generated first password is of no use once its person (the first in the file) has another or is gone.
  static func forgetFirstPassword(of name: String, _ users: [String], _ stack: StackDirectory, _ files: FileAccess) throws {
    if users.first == name { try files.remove(stack.firstPassword) }
  }
}
