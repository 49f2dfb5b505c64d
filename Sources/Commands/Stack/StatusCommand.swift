import CommandLineParser
import Model

enum StatusCommand: Command {
  static let verb = Verb(
    "status", "Show what runs, where, and how it is", section: "A stack",
    discussion: "Exit code 0 when the daemon runs and 1 when it does not.",
    examples: [.init("leanto status --json", "The same facts for a program")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let status = try await context.environment.daemon.status(stack)
    let holder = status == nil ? context.files.lockHolder(stack.daemonLock) : nil
    let report = StatusReport(
      directory: stack.path, isRunning: status != nil, lockHolder: holder, status: status, now: context.environment.clock.now())
    try context.show(report)
    return report.isRunning ? .done : .failed
  }
}

struct StatusReport: Report {
  private enum CodingKeys: String, CodingKey { case directory, isRunning, lockHolder, status }

  var directory: String
  var isRunning: Bool
  /// A daemon that holds the stack but does not answer yet, or not any more.
  var lockHolder: Int32?
  var status: StackStatus?
  var now: Double

  func text(_ style: Style) -> String {
    guard let status else { return notRunning }
    let tables = StatusText(status: status, style: style)
    let age = StatusText.duration(now - status.startedAt)
    let head =
      "\(style.paint(status.name, .bold)) is up for \(age) (leanto \(status.version), process \(status.processIdentifier))\n"
    return [
      head, tables.gateway, tables.services, tables.containers, tables.model + tables.tunnel, tables.warnings,
      tables.settingsProblems,
    ].filter { !$0.isEmpty }
      .joined(
        separator: "\n")
  }

  private var notRunning: String {
    if let lockHolder {
      return "The daemon of \(directory) (process \(lockHolder)) does not answer: it starts or ends just now.\n"
    }
    return "\(directory) is not running.\nStart it: leanto up --stack \(shellQuoted(directory))\n"
  }
}
