/// A point in time after which waiting has failed.
package struct Deadline: Sendable {
  private let instant: ContinuousClock.Instant

  package static func seconds(_ seconds: Double) -> Deadline {
    Deadline(instant: .now + .seconds(seconds))
  }

  /// For what is sure to happen, on a machine that may be busy with other things.
  package static var patient: Deadline { .seconds(10) }

  package var isPast: Bool { ContinuousClock.now >= instant }

  /// Seconds left, never negative.
  package var remaining: Double {
    let left = ContinuousClock.now.duration(to: instant).components
    return max(0, Double(left.seconds) + Double(left.attoseconds) * 1e-18)
  }

  /// Rounded up, so that a poll does not spin through the last millisecond.
  var milliseconds: Int32 { Int32(min(remaining * 1000 + 1, 1e9)) }
}

/// Seconds that `body` took.
package func secondsTaken(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  let taken = start.duration(to: .now).components
  return Double(taken.seconds) + Double(taken.attoseconds) * 1e-18
}
