/// The clocks and waits of a supervisor, so that a test can be quick.
package struct Timing: Sendable {
  package var backOff = BackOff()
  /// Between looks at whether a group is empty: the first, doubled up to ten times as long.
  package var groupPoll = Duration.milliseconds(20)
  /// Between sweeps for ended processes that were handed to us.
  package var orphanSweep = Duration.seconds(60)
  /// Replaces each plan's time between SIGTERM and SIGKILL.
  package var stopTime: Duration?
  /// After SIGKILL at the end of everything: what the kernel does not end by then is reported and left.
  package var patience = Duration.seconds(15)
  /// A random number in 0..<1.
  package var chance: @Sendable () -> Double = { Double.random(in: 0..<1) }
  /// Does not count the time that the machine was asleep: no storm of starts after it.
  package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0, clock: .suspending) }

  package init() {}
}
