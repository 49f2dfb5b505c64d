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
    guard try await end(stack, context.environment) else {
      // Its manager may be about to start it once more.
      try await stopUnit(of: stack, context.environment)
      let ended = await context.environment.daemon.endLeftovers(stack) + (try await context.environment.containers.end(stack))
      try context.show(DownReport(directory: stack.path, wasRunning: false, ended: ended))
      return .done
    }
    try context.show(DownReport(directory: stack.path, wasRunning: true))
    return .done
  }

  /// Ends the daemon and waits for it, by its unit where it has one: the service manager would start it again otherwise. False:
  /// none ran.
  @discardableResult
  static func end(_ stack: StackDirectory, _ environment: CommandEnvironment) async throws -> Bool {
    guard let holder = environment.files.lockHolder(stack.daemonLock) else { return false }
    if try await !stopUnit(of: stack, environment) { try await order(stack, holder, environment) }
    try await waitUntilFree(stack, holder, environment)
    return true
  }

  /// False: the stack has none.
  @discardableResult
  private static func stopUnit(of stack: StackDirectory, _ environment: CommandEnvironment) async throws -> Bool {
    guard let unit = ServiceNoun.unit(of: stack, environment) else { return false }
    try await UnitControl(unit: unit, environment: environment).order("stop")
    return true
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

  private static func waitUntilFree(_ stack: StackDirectory, _ holder: Int32, _ environment: CommandEnvironment) async throws {
    var progress = Progress(environment)
    while environment.files.lockHolder(stack.daemonLock) != nil {
      guard progress.elapsed < patience else {
        throw CommandFailure(
          .failed, "the daemon (process \(holder)) did not end within \(Int(patience)) seconds",
          remedy: holder > 0 ? "kill -9 \(holder), then: leanto down" : "leanto logs leanto")
      }
      progress.say("waiting for requests and services to end")
      try await environment.clock.sleep(0.05)
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
