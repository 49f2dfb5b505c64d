/// The person, or the system, asked this process to end.
struct Interrupted: Error {}

extension TerminalAccess {
  /// Runs `body`, which is cancelled when this process is asked to end. Throws `Interrupted` then.
  func unlessInterrupted<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask { [interruption] in
        try await interruption()
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let value = first else { throw Interrupted() }
      return value
    }
  }
}
