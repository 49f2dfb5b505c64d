import CommandLineParser
import Model

enum KeyRevokeCommand: Command {
  static let verb = Verb("revoke", "Do not let a program in any more", arguments: [KeyNoun.key])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let name = context.invocation.text(KeyNoun.key) ?? ""
    guard try context.environment.keys.revoke(stack, name) else {
      let known = try context.environment.keys.list(stack).map(\.name)
      throw CommandFailure(
        .failed, "there is no key \(name)\(Nearest.hint(for: name, in: known))", remedy: "leanto key list")
    }
    try context.show(KeyRevokeReport(name: name))
    return .done
  }
}

struct KeyRevokeReport: Report {
  var name: String

  func text(_ style: Style) -> String { "\(name): revoked\n" }
}
