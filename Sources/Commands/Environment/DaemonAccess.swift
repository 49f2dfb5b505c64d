package import Model

/// The daemon of a stack: what is said to it over its control socket (see `ControlPath`), and its process.
package struct DaemonAccess: Sendable {
  /// Nil: nothing answers at the control socket (there is none, or it refuses). Throws when something answers wrongly or too late.
  package var status: @Sendable (_ stack: StackDirectory) async throws -> StackStatus?
  package var reload: @Sendable (_ stack: StackDirectory) async throws -> ReloadReport
  /// One service, or all of them without a name.
  package var restart: @Sendable (_ stack: StackDirectory, _ service: String?) async throws -> RestartReport
  /// Whom the throttle keeps out. Nil: no daemon answers.
  package var lockouts: @Sendable (_ stack: StackDirectory) async throws -> [Lockout]?
  /// An address or a user's name; empty: everybody. Nil: no daemon answers.
  package var unlock: @Sendable (_ stack: StackDirectory, _ who: String) async throws -> UnlockReport?
  /// Returns when the daemon has taken the order, not when it has ended.
  package var stop: @Sendable (_ stack: StackDirectory) async throws -> Void
  /// Starts `serve` in a session of its own, with its output in the daemon's log.
  package var start: @Sendable (_ stack: StackDirectory) throws -> StartedDaemon
  /// Sends SIGTERM.
  package var terminate: @Sendable (_ processIdentifier: Int32) -> Void
  /// Ends the services that a killed daemon left running, and gives their names. To be called while no daemon runs.
  package var endLeftovers: @Sendable (_ stack: StackDirectory) async -> [String]
  /// The daemon itself, in this process, until it is told to end.
  package var run: @Sendable (_ stack: StackDirectory, _ build: BuildFacts) async throws -> ExitCode

  /// Opens or closes the tunnel. Nil: no daemon answers.
  package var setTunnel: @Sendable (_ stack: StackDirectory, _ isOpen: Bool) async throws -> TunnelReport? = { _, _ in nil }

  package init(
    status: @escaping @Sendable (StackDirectory) async throws -> StackStatus?,
    reload: @escaping @Sendable (StackDirectory) async throws -> ReloadReport,
    restart: @escaping @Sendable (StackDirectory, String?) async throws -> RestartReport,
    lockouts: @escaping @Sendable (StackDirectory) async throws -> [Lockout]?,
    unlock: @escaping @Sendable (StackDirectory, String) async throws -> UnlockReport?,
    stop: @escaping @Sendable (StackDirectory) async throws -> Void,
    start: @escaping @Sendable (StackDirectory) throws -> StartedDaemon,
    terminate: @escaping @Sendable (Int32) -> Void,
    endLeftovers: @escaping @Sendable (StackDirectory) async -> [String],
    run: @escaping @Sendable (StackDirectory, BuildFacts) async throws -> ExitCode
  ) {
    self.status = status
    self.reload = reload
    self.restart = restart
    self.lockouts = lockouts
    self.unlock = unlock
    self.stop = stop
    self.start = start
    self.terminate = terminate
    self.endLeftovers = endLeftovers
    self.run = run
  }
}

package struct StartedDaemon: Sendable {
  package var processIdentifier: Int32
  /// What it ended with (128 + the signal's number for a signal); nil while it runs.
  package var exitStatus: @Sendable () -> Int32?

  package init(processIdentifier: Int32, exitStatus: @escaping @Sendable () -> Int32?) {
    self.processIdentifier = processIdentifier
    self.exitStatus = exitStatus
  }
}
