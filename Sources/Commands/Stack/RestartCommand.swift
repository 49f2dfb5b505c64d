import CommandLineParser
import Model

enum RestartCommand: Command {
  private static let service = Argument("SERVICE", "Only this one", .optional)

  static let verb = Verb(
    "restart", "Restart one service, or all", section: "A stack", arguments: [service],
    examples: [.init("leanto restart n8n", "Restart n8n; the gateway and the others go on")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let release = try context.lockVerb(stack)
    defer { release() }
    guard let status = try await context.environment.daemon.status(stack) else { throw VerifyCommand.notRunning(stack) }
    let name = context.invocation.text(service)
    try checkName(name, status.services.map(\.name))
    let report = RestartedServices(report: try await context.environment.daemon.restart(stack, name))
    if let problem = report.report.problem { throw CommandFailure(.failed, problem, remedy: "leanto status") }
    try context.show(report)
    return .done
  }

  private static func checkName(_ name: String?, _ known: [String]) throws {
    guard let name, !known.contains(name) else { return }
    let hint = Nearest.hint(for: name, in: known)
    throw CommandFailure(.failed, "there is no service \"\(Visible.text(name))\"\(hint)", remedy: "leanto status")
  }
}

struct RestartedServices: Report {
  var report: RestartReport

  func encode(to encoder: any Encoder) throws { try report.encode(to: encoder) }

  func text(_ style: Style) -> String {
    report.restarted.isEmpty ? "nothing to restart\n" : TextBlock.labelled("Restarted", report.restarted.joined(separator: ", "))
  }
}
