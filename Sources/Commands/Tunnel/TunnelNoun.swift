import CommandLineParser
import Model
import Settings

/// `leanto tunnel`: the way in from the internet.
enum TunnelNoun {
  static let verb = Verb(
    "tunnel", "The way in from the internet: set up, state, open, close, check", section: "The internet",
    discussion: "The tunnel's agent leads visitors to gateway.tunnel alone, which asks for credentials outside public paths.")
  static let commands: [any Command.Type] = [
    TunnelSetCommand.self, TunnelStatusCommand.self, TunnelUpCommand.self, TunnelDownCommand.self, TunnelCheckCommand.self,
  ]

  static func notSet(_ stack: StackDirectory) -> CommandFailure {
    CommandFailure(
      .missing, "\(stack.path) has no tunnel (tunnel.provider is none)", remedy: "leanto tunnel set --domain NAME")
  }
}

enum TunnelStatusCommand: Command {
  static let verb = Verb(
    "status", "Show whether the tunnel is online, and what of the month's quota is used",
    discussion: "Exit code 0 when it is online and 1 when it is not.")

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    guard let status = try await context.environment.daemon.status(stack) else { throw VerifyCommand.notRunning(stack) }
    guard let tunnel = status.tunnel else { throw TunnelNoun.notSet(stack) }
    try context.show(TunnelStatusReport(tunnel: tunnel, now: context.environment.clock.now()))
    return tunnel.state == .online ? .done : .failed
  }
}

struct TunnelStatusReport: Report {
  private enum CodingKeys: CodingKey { case tunnel }

  var tunnel: TunnelStatus
  /// Seconds since 1970.
  var now: Double

  func text(_ style: Style) -> String { TunnelText(tunnel: tunnel, now: now, style: style).whole }
}

enum TunnelUpCommand: Command {
  static let verb = Verb("up", "Open the tunnel again, and wait until it is online")

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let status = try await TunnelSwitch(context: context).turn(isOpen: true)
    try context.show(TunnelStatusReport(tunnel: status, now: context.environment.clock.now()))
    return status.state == .online ? .done : .failed
  }
}

enum TunnelDownCommand: Command {
  static let verb = Verb(
    "down", "Close the tunnel until leanto tunnel up; the stack goes on", discussion: "It stays closed over restarts.")

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let status = try await TunnelSwitch(context: context).turn(isOpen: false)
    try context.show(TunnelStatusReport(tunnel: status, now: context.environment.clock.now()))
    return .done
  }
}

/// Opens and closes, by the daemon.
struct TunnelSwitch {
  /// Seconds: an agent that was just stopped elsewhere keeps its domain for about fifteen.
  static let patience = 30.0

  var context: CommandContext

  func turn(isOpen: Bool) async throws -> TunnelStatus {
    let stack = try context.existingStack()
    let release = try context.lockVerb(stack)
    defer { release() }
    guard let report = try await context.environment.daemon.setTunnel(stack, isOpen) else {
      throw VerifyCommand.notRunning(stack)
    }
    if let problem = report.problems.first {
      throw CommandFailure(.failed, "the tunnel could not be changed", details: [problem], remedy: "leanto check")
    }
    guard let status = report.status else { throw TunnelNoun.notSet(stack) }
    return isOpen ? try await settled(stack, status) : status
  }

  /// As it is once it is online, or will not be.
  private func settled(_ stack: StackDirectory, _ first: TunnelStatus) async throws -> TunnelStatus {
    var progress = Progress(context.environment)
    var status = first
    while [.starting, .reconnecting, .closed].contains(status.state), progress.elapsed < Self.patience {
      progress.say("waiting for the tunnel")
      try await context.environment.clock.sleep(0.2)
      guard let next = try await context.environment.daemon.status(stack)?.tunnel else { throw TunnelNoun.notSet(stack) }
      status = next
    }
    return status
  }
}
