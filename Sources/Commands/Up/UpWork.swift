import Model
import Settings

/// The steps of `up` after the settings were found right.
struct UpWork {
  enum Outcome: String, Sendable, Encodable { case started, changed, unchanged }

  /// Seconds.
  private static let patienceForDaemon = 30.0
  private static let patienceForServices = 600.0
  private static let patienceForHolder = 10.0

  var stack: StackDirectory
  var settings: StackSettings
  var environment: CommandEnvironment

  /// Starts the daemon, or has the one that runs apply what changed.
  func bringUp() async throws -> (Outcome, changes: [String]) {
    if try await runningStatus() != nil {
      let report = try await environment.daemon.reload(stack)
      guard report.problems.isEmpty else {
        throw CommandFailure(
          .settings, "the daemon does not take the settings; it goes on with the earlier ones", details: report.problems,
          remedy: "leanto check")
      }
      return (report.changes.isEmpty ? .unchanged : .changed, report.changes)
    }
    try await environment.containers.check(stack, settings)
    try await start()
    return (.started, [])
  }

  /// Nil when no daemon runs. A daemon that holds the stack but does not answer is given a little time: it starts or ends.
  private func runningStatus() async throws -> StackStatus? {
    var progress = Progress(environment)
    while true {
      if let status = try await environment.daemon.status(stack) { return status }
      guard let holder = environment.files.lockHolder(stack.daemonLock) else { return nil }
      guard progress.elapsed < Self.patienceForHolder else {
        throw CommandFailure(
          .busy, "a daemon (process \(holder)) holds this stack but does not answer",
          remedy: "leanto down --stack \(shellQuoted(stack.path))")
      }
      progress.say("waiting for the daemon that holds this stack")
      try await environment.clock.sleep(0.1)
    }
  }

  private func start() async throws {
    if let unit = ServiceNoun.unit(of: stack, environment) {
      // It is there when it says that it is ready.
      let control = UnitControl(unit: unit, environment: environment)
      try await control.forget()
      return try await control.order("start")
    }
    try environment.files.makeDirectory(stack.logs, 0o700)
    let logOffset = environment.files.facts(stack.daemonLog)?.size ?? 0
    let daemon = try environment.daemon.start(stack)
    var progress = Progress(environment)
    while try await environment.daemon.status(stack) == nil {
      if let code = daemon.exitStatus() { throw ended(code, logOffset) }
      guard progress.elapsed < Self.patienceForDaemon else {
        environment.daemon.terminate(daemon.processIdentifier)
        throw CommandFailure(
          .failed, "the daemon did not answer within \(Int(Self.patienceForDaemon)) seconds and was ended",
          details: lastLines("leanto", from: logOffset), remedy: "leanto logs leanto")
      }
      progress.say("waiting for the daemon")
      do {
        try await environment.clock.sleep(0.02)
      } catch {
        // Interrupted before it holds the stack: nobody else would find it.
        environment.daemon.terminate(daemon.processIdentifier)
        throw error
      }
    }
  }

  private func ended(_ code: Int32, _ logOffset: Int) -> CommandFailure {
    CommandFailure(
      ExitCode(rawValue: code).flatMap { $0 == .done ? nil : $0 } ?? .failed, "the daemon ended with \(code) when it was started",
      details: lastLines("leanto", from: logOffset), remedy: "leanto serve --stack \(shellQuoted(stack.path))")
  }

  func waitForServices(isChanged: Bool) async throws -> (StackStatus, Readiness) {
    var progress = Progress(environment)
    while true {
      guard let status = try await environment.daemon.status(stack) else {
        throw CommandFailure(
          .failed, "the daemon ended while its services were starting", details: lastLines("leanto", from: 0),
          remedy: "leanto logs leanto")
      }
      // Nothing changed: a service that is not well has had its time already.
      let waited = progress.elapsed + (isChanged ? 0 : 4 * Readiness.grace)
      let readiness = Readiness(status, waited: waited)
      if readiness.isSettled || progress.elapsed > Self.patienceForServices { return (status, readiness) }
      progress.say("waiting for \(awaited(readiness, status))")
      try await environment.clock.sleep(0.1)
    }
  }

  /// Each with what is done for it, where that is known.
  private func awaited(_ readiness: Readiness, _ status: StackStatus) -> String {
    readiness.pending.map { name in
      let message = status.services.first { $0.name == name }?.message ?? ""
      return message.isEmpty ? name : "\(name): \(message)"
    }.joined(separator: ", ")
  }

  /// What the daemon knows after the proofs, such as the model's speed.
  func latest(_ earlier: StackStatus) async throws -> StackStatus { try await environment.daemon.status(stack) ?? earlier }

  func failures(_ status: StackStatus, _ readiness: Readiness) async -> [UpReport.NotReady] {
    var failures: [UpReport.NotReady] = []
    for service in status.services where readiness.failed.contains(service.name) || readiness.pending.contains(service.name) {
      let lines = service.container == nil ? lastLines(service.name, from: 0) : await containerLines(service.name)
      failures.append(
        UpReport.NotReady(service: service.name, state: service.state, message: service.message, lastLines: lines))
    }
    return failures
  }

  private func containerLines(_ service: String) async -> [String] {
    let lines = Lock<[String]>([])
    try? await environment.containers.logs(stack, service, 10, false) { line in lines.withLock { $0.append(line) } }
    return lines.withLock { $0 }
  }

  private func lastLines(_ service: String, from offset: Int) -> [String] {
    LogTail.lines(10, of: stack.log(service: service), from: offset, environment.files)
  }
}
