internal import Model

extension Probes {
  /// One probe of `service`, bounded by `timeout`: what takes longer has failed.
  func probe(_ service: NativeService, timeout: Duration) async -> ProbeResult {
    do {
      return try await within(timeout) { try await check(service) }
    } catch let problem as CannotCheck {
      return .unknown(problem.reason)
    } catch is TimedOut {
      return .failed("did not answer within \(timeout)")
    } catch {
      return .failed("does not answer: \(error)")
    }
  }

  private func check(_ service: NativeService) async throws -> ProbeResult {
    switch (service.health, service.address) {
    case (.none, _), (.http, nil), (.tcp, nil): return .passed
    case (.command(let command), _):
      let status = try await command.isEmpty ? 0 : self.command(command, service)
      return status == 0 ? .passed : .failed("its check \(command[0]) ended with status \(status)")
    case (.tcp, let address?):
      try await connect(address)
      return .passed
    case (.http(let path, let status, let text), let address?):
      let answer = try await http(address, path)
      guard answer.status == status else { return .failed("answered \(answer.status) instead of \(status) at \(path)") }
      guard let text, !contains(answer.body, text) else { return .passed }
      return .failed("answered without \"\(text)\" at \(path)")
    }
  }
}

private func contains(_ body: [UInt8], _ text: String) -> Bool {
  let wanted = Array(text.utf8)
  guard let first = wanted.first else { return true }
  guard body.count >= wanted.count else { return false }
  return body.indices.dropLast(wanted.count - 1).contains { start in
    body[start] == first && body[start..<start + wanted.count].elementsEqual(wanted)
  }
}

struct TimedOut: Error {}

/// Runs `operation`, cancelling it after `limit`. Returns when the operation has ended, so nothing goes on behind.
func within<Result: Sendable>(
  _ limit: Duration, _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result.self) { group in
    group.addTask { try await operation() }
    group.addTask {
      try await Task.sleep(for: limit, clock: .suspending)
      throw TimedOut()
    }
    defer { group.cancelAll() }
    return try await group.next()!
  }
}
