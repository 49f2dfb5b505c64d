import CommandLineParser
import Model

enum UserUnlockCommand: Command {
  static let who = Argument("NAME|ADDRESS", "A person's name, or an address as 'leanto user list' shows it", .optional)
  static let verb = Verb(
    "unlock", "Let those in again who typed too many wrong passwords",
    discussion:
      "A name frees every address from which that person's password was guessed last. Without a word everybody is freed.",
    arguments: [who],
    examples: [
      .init("leanto user unlock ada", "Wherever she is"), .init("leanto user unlock 203.0.113.7", "Whoever it is"),
    ])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    guard let report = try await context.environment.daemon.unlock(stack, context.invocation.text(who) ?? "") else {
      throw CommandFailure(
        .failed, "the stack does not run, so nobody can be let in now; it remembers who is locked out", remedy: "leanto up")
    }
    try context.show(UserUnlockReport(unlocked: report.unlocked))
    return .done
  }
}

struct UserUnlockReport: Report {
  var unlocked: [String]

  func text(_ style: Style) -> String {
    unlocked.isEmpty ? "No address was locked out.\n" : unlocked.map { "\(Visible.text($0)): unlocked\n" }.joined()
  }
}
