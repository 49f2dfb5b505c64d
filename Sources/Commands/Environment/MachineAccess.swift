package import Model

/// This machine, as far as `init` looks at it.
package struct MachineAccess: Sendable {
  /// Whether something could listen there now.
  package var isFree: @Sendable (_ address: Address) -> Bool
  /// Whether an Ollama answers at 127.0.0.1:11434.
  package var ollamaAnswers: @Sendable () async -> Bool
  /// A new readable password.
  package var makePassword: @Sendable () -> String

  package init(
    isFree: @escaping @Sendable (Address) -> Bool, ollamaAnswers: @escaping @Sendable () async -> Bool,
    makePassword: @escaping @Sendable () -> String
  ) {
    self.isFree = isFree
    self.ollamaAnswers = ollamaAnswers
    self.makePassword = makePassword
  }
}

package struct ClockAccess: Sendable {
  /// Seconds since 1970.
  package var now: @Sendable () -> Double
  /// Seconds that never go back.
  package var monotonic: @Sendable () -> Double
  package var sleep: @Sendable (_ seconds: Double) async throws -> Void

  package init(
    now: @escaping @Sendable () -> Double, monotonic: @escaping @Sendable () -> Double,
    sleep: @escaping @Sendable (Double) async throws -> Void
  ) {
    self.now = now
    self.monotonic = monotonic
    self.sleep = sleep
  }
}
