import CommandLineParser
import Model

enum DownCommand: Command {
  /// Draining streams and stopping services, each bounded by the settings, fit well into this.
  static let patience = 120.0

  static let verb = Verb(
    "down", "Stop the daemon and all services that it started", section: "A stack",
    discussion: "Requests that run are finished first, for at most gateway.timeouts.drain. Data and settings stay.",
    examples: [.init("leanto down", "Stop the stack of this folder; exit code 0 also when it was not running")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let release = try context.lockVerb(stack)
    defer { release() }
    guard let holder = context.files.lockHolder(stack.daemonLock) else {
      // Its manager may be about to start it once more.
      if let unit = ServiceNoun.unit(of: stack, context.environment) {
        try await UnitControl(unit: unit, environment: context.environment).order("stop")
      }
      let ended = await context.environment.daemon.endLeftovers(stack)
      try context.show(DownReport(directory: stack.path, wasRunning: false, ended: ended))
      return .done
    }
    try await end(stack, holder, context)
    try context.show(DownReport(directory: stack.path, wasRunning: true))
    return .done
  }

  /// Stops the daemon, by its unit where it has one: the service manager would start it again otherwise.
  static func end(_ stack: StackDirectory, _ holder: Int32, _ context: CommandContext) async throws {
    if let unit = ServiceNoun.unit(of: stack, context.environment) {
      try await UnitControl(unit: unit, environment: context.environment).order("stop")
    } else {
      try await order(stack, holder, context.environment)
    }
    try await waitUntilFree(stack, holder, context)
  }

  /// By the control socket, or by a signal when nothing answers there.
  private static func order(_ stack: StackDirectory, _ holder: Int32, _ environment: CommandEnvironment) async throws {
    do {
      try await environment.daemon.stop(stack)
    } catch {
      guard holder > 0 else { throw error }
      environment.daemon.terminate(holder)
    }
  }

  private static func waitUntilFree(_ stack: StackDirectory, _ holder: Int32, _ context: CommandContext) async throws {
    var progress = Progress(context.environment)
    while context.files.lockHolder(stack.daemonLock) != nil {
      guard progress.elapsed < patience else {
        throw CommandFailure(
          .failed, "the daemon (process \(holder)) did not end within \(Int(patience)) seconds",
          remedy: holder > 0 ? "kill -9 \(holder), then: leanto down" : "leanto logs leanto")
      }
      progress.say("waiting for requests and services to end")
      try await context.environment.clock.sleep(0.05)
    }
  }
}

struct DownReport: Report {
  var directory: String
  var wasRunning: Bool
  /// Services that a killed daemon had left.
  var ended: [String] = []

  func text(_ style: Style) -> String {
    if wasRunning { return "\(directory) is down\n" }
    if ended.isEmpty { return "\(directory) was not running\n" }
    return "\(directory) had no daemon; ended what it had left: \(ended.joined(separator: ", "))\n"
  }
}
