import Client
import Daemon
import FoundationEssentials
import Logging
import Model
import Operations

/// The daemon of a stack, over its control socket.
struct LiveDaemon: Sendable {
  private let client = HTTPClient()

  var access: DaemonAccess {
    var access = DaemonAccess(
      status: { try await status($0) },
      reload: { try await ask(.init("POST", ControlPath.reload, patience: .seconds(60)), $0) },
      restart: { stack, name in
        try await ask(.init("POST", ControlPath.restart + (name.map { "?\($0)" } ?? ""), patience: .seconds(120)), stack)
      },
      lockouts: { try await askIfThere(.init("GET", ControlPath.lockouts), $0) },
      unlock: { stack, who in try await askIfThere(.init("POST", ControlPath.unlock, body: Array(who.utf8)), stack) },
      stop: { _ = try await send(.init("POST", ControlPath.stop), $0) },
      start: LiveDaemonProcess.start, terminate: LiveDaemonProcess.terminate, endLeftovers: endLeftovers, run: run)
    access.setTunnel = { stack, isOpen in
      let order = Order("POST", ControlPath.tunnel, body: Array((isOpen ? "open" : "closed").utf8), patience: .seconds(60))
      return try await askIfThere(order, stack)
    }
    return access
  }

  func brief(_ stack: StackDirectory) async throws -> VerificationBrief {
    try await ask(.init("POST", ControlPath.verification, patience: .seconds(120)), stack)
  }

  /// Nil: nothing answers there.
  func plan(_ stack: StackDirectory) async throws -> PlanReport? {
    guard LiveFiles.facts(stack.controlSocket) != nil else { return nil }
    do {
      return try await ask(.init("GET", ControlPath.plan, patience: .seconds(60)), stack)
    } catch ClientError.refused {
      return nil
    }
  }

  private struct Order {
    var method: String
    var target: String
    var body: [UInt8]?
    var patience: Duration

    init(_ method: String, _ target: String, body: [UInt8]? = nil, patience: Duration = .seconds(5)) {
      self.body = body
      self.method = method
      self.target = target
      self.patience = patience
    }
  }

  /// Nil: nothing answers there.
  private func status(_ stack: StackDirectory) async throws -> StackStatus? {
    try await askIfThere(.init("GET", ControlPath.status), stack)
  }

  /// Nil: nothing answers there.
  private func askIfThere<Value: Decodable>(_ order: Order, _ stack: StackDirectory) async throws -> Value? {
    guard LiveFiles.facts(stack.controlSocket) != nil else { return nil }
    do {
      return try await ask(order, stack)
    } catch ClientError.refused {
      return nil
    }
  }

  private func ask<Value: Decodable>(_ order: Order, _ stack: StackDirectory) async throws -> Value {
    let answer = try await send(order, stack)
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(answer.body)) else {
      throw CommandFailure(
        .failed, "the daemon answers what this leanto does not understand; another version runs: leanto restart")
    }
    return value
  }

  private func send(_ order: Order, _ stack: StackDirectory) async throws -> ClientResponse {
    let timeouts = ClientTimeouts(connect: .seconds(2), total: order.patience)
    let request = ClientRequest(
      order.method, at: .unix(path: stack.controlSocket), target: order.target, body: order.body, timeouts: timeouts)
    return try await client.send(request)
  }

  private func endLeftovers(_ stack: StackDirectory) async -> [String] {
    let supervisor = Supervisor(directory: stack, logger: .descriptor(label: "leanto", level: .error)) { _ in
      HealthReport(health: .starting, next: nil)
    }
    return await supervisor.endLeftovers()
  }

  /// `serve`: its log goes to standard error, which systemd leads into the journal; started by `up`, to a file that is rotated.
  private func run(_ stack: StackDirectory, _ build: BuildFacts) async throws -> ExitCode {
    let isBackground = CommandEnvironment.variables()[LiveDaemonProcess.marker] != nil
    let logger: Logger =
      isBackground
      ? .file(RotatingFile(path: stack.daemonLog), label: "leanto")
      : .descriptor(label: "leanto", format: LiveJournal.isStandardError ? .journal : .text)
    do {
      try await StackDaemon.run(stack, logger: logger)
      return .done
    } catch let failure as DaemonFailure {
      throw CommandFailure(failure.exitCode, failure.description)
    }
  }
}
