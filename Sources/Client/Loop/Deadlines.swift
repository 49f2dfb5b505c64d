/// When a transfer has taken too long. libcurl's own timers count whole seconds and the time in which nobody reads.
struct Deadlines {
  typealias Instant = SuspendingClock.Instant

  let timeouts: ClientTimeouts
  let started: Instant
  var lastByte: Instant

  init(_ timeouts: ClientTimeouts, now: Instant) {
    (self.timeouts, started, lastByte) = (timeouts, now, now)
  }

  /// The next instant at which something may be over.
  func next(isPaused: Bool) -> Instant? {
    let total = timeouts.total.map { started.advanced(by: $0) }
    let idle = isPaused ? nil : timeouts.idle.map { lastByte.advanced(by: $0) }
    return [total, idle].compactMap { $0 }.min()
  }

  func isOver(at now: Instant, isPaused: Bool, place: String) -> ClientError? {
    if let total = timeouts.total, now >= started.advanced(by: total) { return .timedOut(.total, limit: total, at: place) }
    if !isPaused, let idle = timeouts.idle, now >= lastByte.advanced(by: idle) {
      return .timedOut(.idle, limit: idle, at: place)
    }
    return nil
  }
}
