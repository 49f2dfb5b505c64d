internal import Glibc

/// A running gateway. Tests reach it through its ports alone, so that every engine can stand behind them.
package protocol GatewayUnderTest: Sendable {
  var ports: GatewayPorts { get }
  var process: EngineProcess { get }
  /// Takes other services and settings while it runs, on the same ports. Returns when they are in force.
  func reload(_ plan: GatewayPlan) throws
  /// Asks it to end after what runs has finished.
  func drain()
}

package enum Engine: String, Sendable {
  /// Leanto with its own gateway.
  case builtin
  /// Leanto with Caddy as it renders it.
  case caddy
  /// Not ours: a yardstick for the suite itself. What it gets wrong is counted, not asserted.
  case nginx

  /// `LEANTO_ENGINE`, by default `builtin`.
  package static let chosen = environmentValue("LEANTO_ENGINE").map { Engine(rawValue: $0)! } ?? .builtin

  /// Starts it and waits until it takes connections on every port.
  package func start(_ plan: GatewayPlan) throws -> any GatewayUnderTest {
    var last: any Error = WireError.timedOut("a gateway")
    // Another process may take a port that was free a moment ago.
    for _ in 0..<3 {
      do { return try attempt(plan) } catch { last = error }
    }
    throw last
  }

  private func attempt(_ plan: GatewayPlan) throws -> any GatewayUnderTest {
    let ports = try GatewayPorts.free()
    let folder = try makeScratchFolder()
    do {
      let gateway: any GatewayUnderTest =
        switch self {
        case .builtin, .caddy: try LeantoGateway(engine: self, plan, ports, folder)
        case .nginx: try NginxGateway(plan, ports, folder)
        }
      try gateway.waitUntilReady()
      return gateway
    } catch {
      removeTree(folder)
      throw error
    }
  }
}

extension GatewayUnderTest {
  fileprivate func waitUntilReady() throws {
    let deadline = Deadline.patient
    for port in ports.all {
      while (try? WireSocket.connect(port: port)) == nil {
        if let status = process.exitStatus(.seconds(0.02)) { throw NotStarted(why: "exit \(status): \(process.output)") }
        guard !deadline.isPast else { throw NotStarted(why: "nothing listens at \(port): \(process.output)") }
      }
    }
  }
}

package struct NotStarted: Error, CustomStringConvertible {
  package var why: String

  package init(why: String) { self.why = why }

  package var description: String { "the gateway did not start: \(why)" }
}
