internal import Model
internal import Synchronization

/// How often one key may still be used, over all event loops: a token bucket in one number, the time at which it will be full again
/// (the generic cell rate algorithm). No lock, no allocation.
final class KeyMeter: Sendable {
  let rate: KeyRate
  /// Nanoseconds of the policy's clock.
  private let fullAt = Atomic<UInt64>(0)

  init(_ rate: KeyRate) { self.rate = rate }

  /// Nanoseconds in which one more use comes back.
  private var interval: UInt64 { UInt64(rate.unit.seconds) * 1_000_000_000 / UInt64(rate.count) }

  /// Takes one use. Nil: it was there; else seconds, at least 1, until there is one.
  func take(at now: UInt64) -> Int? {
    let room = interval * UInt64(rate.count - 1)
    var known = fullAt.load(ordering: .relaxed)
    while true {
      let full = max(known, now)
      guard full - now <= room else { return Int((full - now - room + 999_999_999) / 1_000_000_000) }
      let (exchanged, original) = fullAt.compareExchange(
        expected: known, desired: full + interval, ordering: .relaxed)
      if exchanged { return nil }
      known = original
    }
  }
}
