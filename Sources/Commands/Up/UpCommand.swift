import CommandLineParser
import Model
import Settings

enum UpCommand: Command {
  static let verb = Verb(
    "up", "Start the stack, or apply what changed in leanto.yaml, and prove it", section: "A stack",
    discussion: """
      Checks the settings, starts the daemon in the background where none runs, waits for the services, and tries what the stack
      promises (see leanto verify --help). Models of llm.models that Ollama lacks are pulled. When nothing changed it says so within a second. Services whose command is not
      installed do not fail it: the table says how to get them.
      """,
    examples: [.init("leanto up", "Start the stack of this folder")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let settings = try context.settings(of: stack)
    let release = try context.lockVerb(stack)
    defer { release() }
    let work = UpWork(stack: stack, settings: settings, environment: context.environment)
    let wasRunning = context.files.lockHolder(stack.daemonLock) != nil
    do {
      let report = try await context.environment.terminal.unlessInterrupted { try await bringUp(work, settings.llm) }
      try context.show(report)
      return report.isGood ? .done : .failed
    } catch is Interrupted {
      throw try await interrupted(work, wasRunning)
    }
  }

  private static func bringUp(_ work: UpWork, _ llm: LLMSettings) async throws -> UpReport {
    let mark = try ProvenMark(work.stack, work.environment)
    let (outcome, changes) = try await work.bringUp()
    let (status, readiness) = try await work.waitForServices(isChanged: outcome != .unchanged)
    let models = await UpModels.pullMissing(llm, work.environment)
    let mustProve = (outcome != .unchanged || !mark.isCurrent) && readiness.isSettled
    if mustProve { try mark.forget() }
    let proofs = mustProve ? try await VerifyCommand.prove(work.stack, work.environment) : []
    let report = UpReport(
      outcome: outcome, changes: changes, status: mustProve ? try await work.latest(status) : status, proofs: proofs,
      signIn: try SignIn.read(work.stack, work.environment), notReady: await work.failures(status, readiness), models: models)
    if mustProve, report.isGood { try mark.keep() }
    return report
  }

  /// What this `up` started is stopped again; a daemon that ran before goes on.
  private static func interrupted(_ work: UpWork, _ wasRunning: Bool) async throws -> CommandFailure {
    let remedy = "leanto up --stack \(shellQuoted(work.stack.path))"
    guard !wasRunning else {
      return CommandFailure(.failed, "interrupted; the daemon goes on, and was not proven", remedy: remedy)
    }
    try await DownCommand.end(work.stack, work.environment)
    return CommandFailure(.failed, "interrupted; what was started was stopped again", remedy: remedy)
  }
}
