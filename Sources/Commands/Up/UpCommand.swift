import CommandLineParser
import Model
import Settings

enum UpCommand: Command {
  static let verb = Verb(
    "up", "Start the stack, or apply what changed in leanto.yaml, and prove it", section: "A stack",
    discussion: """
      Checks the settings, starts the daemon in the background where none runs, waits for the services, and tries what the stack
      promises (see leanto verify --help). When nothing changed it says so within a second. Services whose command is not
      installed do not fail it: the table says how to get them.
      """,
    examples: [.init("leanto up", "Start the stack of this folder")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    _ = try context.settings(of: stack)
    let release = try context.lockVerb(stack)
    defer { release() }
    let work = UpWork(stack: stack, environment: context.environment)
    let (outcome, changes) = try await work.bringUp()
    let (status, readiness) = try await work.waitForServices(isChanged: outcome != .unchanged)
    let mustProve = outcome != .unchanged && readiness.isSettled
    let proofs = mustProve ? try await VerifyCommand.prove(stack, context.environment) : []
    let signIn = try SignIn.read(stack, context.environment)
    let report = UpReport(
      outcome: outcome, changes: changes, status: mustProve ? try await work.latest(status) : status, proofs: proofs,
      signIn: signIn, notReady: work.failures(status, readiness))
    try context.show(report)
    return report.isGood ? .done : .failed
  }
}
