/// When to look at a connection again: 1,024 slots of 100 ms. Later deadlines wait in the last slot and are put back.
///
/// Moving a deadline costs nothing here: the owner keeps the true one, and an entry that comes up early is scheduled anew. So a
/// connection is entered about once a minute, not once a request.
struct TimerWheel {
  static let tick: Int64 = 100
  private static let slotCount: Int64 = 1024

  private var slots = [[UInt64]](repeating: [], count: Int(slotCount))
  private var occupied = InlineArray<16, UInt64>(repeating: 0)
  /// Ticks before this one have come up.
  private var current: Int64

  /// `now` in milliseconds.
  init(now: Int64) { current = now / Self.tick }

  /// The tick at which something entered for `deadline` comes up.
  func dueTick(_ deadline: Int64) -> Int64 {
    min(max(deadline / Self.tick + 1, current), current + Self.slotCount - 1)
  }

  mutating func enter(_ key: UInt64, at dueTick: Int64) {
    let slot = Int(dueTick % Self.slotCount)
    slots[slot].append(key)
    occupied[slot >> 6] |= 1 << UInt64(slot & 63)
  }

  /// Milliseconds until the next slot that holds something; nil when none does.
  func wait(now: Int64) -> Int64? {
    var slot = Int(current % Self.slotCount)
    for step in 0...16 {
      let first = slot & 63
      let bits = occupied[slot >> 6] & (UInt64.max << UInt64(first))
      if bits != 0 {
        let found = (slot >> 6) << 6 + bits.trailingZeroBitCount
        let ticks = (Int64(found) - current % Self.slotCount + Self.slotCount) % Self.slotCount
        return max(0, (current + ticks) * Self.tick - now)
      }
      if step < 16 { slot = ((slot >> 6) + 1) << 6 % Int(Self.slotCount) & 1023 }
    }
    return nil
  }

  /// Moves everything that is due at `now` into `due`, with the tick it was entered for.
  mutating func advance(now: Int64, into due: inout [(key: UInt64, tick: Int64)]) {
    let last = now / Self.tick
    guard last >= current else { return }
    // Entries lie within one turn from `current`, however long nobody looked: each comes up under the tick it was entered for,
    // which is how its owner tells it from a stale one.
    for tick in current...min(last, current + Self.slotCount - 1) {
      let slot = Int(tick % Self.slotCount)
      guard occupied[slot >> 6] >> UInt64(slot & 63) & 1 == 1 else { continue }
      for key in slots[slot] { due.append((key, tick)) }
      slots[slot].removeAll(keepingCapacity: slots[slot].count <= 64)
      occupied[slot >> 6] &= ~(1 << UInt64(slot & 63))
    }
    current = last + 1
  }
}
