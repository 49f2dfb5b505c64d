import TestSupport
import Testing

@testable import Gateway

@Suite("The timer wheel")
struct TimerWheelTests {
  @Test("brings up what is due, never early, at most a tick late", arguments: [0, 1, 99, 100, 101, 5_000, 102_300, 102_400])
  func due(delay: Int64) {
    let start: Int64 = 1_234_567
    var wheel = TimerWheel(now: start)
    let deadline = start + delay
    let tick = wheel.dueTick(deadline)
    wheel.enter(7, at: tick)
    var now = start
    while now < start + 200_000 {
      let found = advance(&wheel, now)
      if !found.isEmpty {
        #expect(found == [Due(key: 7, tick: tick)])
        #expect(now <= deadline + TimerWheel.tick && (now >= deadline || delay >= 102_300))
        return
      }
      now += 1
    }
    Issue.record("never came up")
  }

  @Test("sleeps for ever when it is empty, and until its first entry when it is not")
  func wait() {
    var wheel = TimerWheel(now: 1000)
    #expect(wheel.wait(now: 1000) == nil)
    wheel.enter(1, at: wheel.dueTick(5000))
    wheel.enter(2, at: wheel.dueTick(3000))
    #expect(wheel.wait(now: 1000) == 2100)
    #expect(wheel.wait(now: 3050) == 50)
    #expect(wheel.wait(now: 9000) == 0)
    #expect(advance(&wheel, 3100).map(\.key) == [2])
    #expect(wheel.wait(now: 3100) == 2000)
    #expect(advance(&wheel, 5100).map(\.key) == [1])
    #expect(wheel.wait(now: 5100) == nil)
  }

  @Test("finds its first entry from any slot to any slot", arguments: [0, 1, 63, 64, 65, 500, 1022, 1023])
  func everySlot(start: Int64) {
    for distance in stride(from: Int64(0), to: 1024, by: 13) {
      var wheel = TimerWheel(now: start * 100)
      wheel.enter(1, at: start + distance)
      if wheel.wait(now: start * 100) != distance * 100 { Issue.record("\(distance) ticks from slot \(start)") }
    }
  }

  @Test(
    "keeps the tick that something was entered for over a jump of time", arguments: [1, 102_400, 250_000, 3_600_000, 86_400_000])
  func jump(milliseconds: Int64) {
    // A machine that stood still, or a loop that nobody needed for a while.
    var wheel = TimerWheel(now: 0)
    let tick = wheel.dueTick(20_000)
    wheel.enter(5, at: tick)
    let found = advance(&wheel, 50_000 + milliseconds)
    #expect(found == [Due(key: 5, tick: tick)])
  }

  @Test("takes entries right after a long sleep with nothing in it", arguments: [50_000, 102_400, 204_800, 300_000, 3_600_000])
  func idle(milliseconds: Int64) {
    // Events are handled before the wheel is moved: the first connection after a quiet night is entered into yesterday's wheel.
    var wheel = TimerWheel(now: 0)
    let now = milliseconds
    var entries = Entries()
    entries.set(1, now + 10_000, &wheel)
    entries.come(advance(&wheel, now), now, &wheel)
    var last = now
    while entries.fired.isEmpty, last < now + 20_000 {
      last += max(1, wheel.wait(now: last) ?? 100)
      entries.come(advance(&wheel, last), last, &wheel)
    }
    #expect(entries.fired[1].map { $0 >= now + 10_000 && $0 <= now + 10_000 + TimerWheel.tick } == true)
  }

  @Test("agrees with a plain table of deadlines over random deadlines, changes and jumps", arguments: 0..<8)
  func model(seed: Int) {
    var random = SeededRandom(state: UInt64(seed) + 40)
    var now = Int64(random.below(1_000_000))
    var wheel = TimerWheel(now: now)
    var entries = Entries()
    var key: UInt64 = 0
    for _ in 0..<3_000 {
      for _ in 0..<random.below(3) {
        key += 1
        entries.set(key, now + Int64(random.below(random.oneOf([50, 2_000, 90_000, 700_000]))), &wheel)
      }
      if let some = entries.deadlines.keys.min(), random.below(3) == 0 {
        entries.set(some, now + Int64(random.below(100_000)), &wheel)
      }
      let sleep = wheel.wait(now: now)
      if let first = entries.deadlines.values.min() {
        guard let sleep, now + sleep <= max(now, first) + TimerWheel.tick else { return fail("sleeps past a deadline") }
      }
      // Mostly as the wheel says; now and then the machine stands still.
      now += random.below(50) == 0 ? Int64(random.below(random.oneOf([5_000, 150_000, 7_200_000]))) : min(sleep ?? 30, 5_000)
      entries.come(advance(&wheel, now), now, &wheel)
      if let late = entries.deadlines.first(where: { $0.value + TimerWheel.tick < now }) {
        return fail("\(late.key) is lost at \(now)")
      }
    }
    #expect(entries.early == 0 && entries.fired.count > 500)
  }
}

private struct Due: Equatable {
  var key: UInt64
  var tick: Int64
}

private func advance(_ wheel: inout TimerWheel, _ now: Int64) -> [Due] {
  var due: [(key: UInt64, tick: Int64)] = []
  wheel.advance(now: now, into: &due)
  return due.map { Due(key: $0.key, tick: $0.tick) }
}

/// The owner of a wheel, as a worker is one: true deadlines here, entries in the wheel that may be older.
private struct Entries {
  var deadlines: [UInt64: Int64] = [:]
  var dueTicks: [UInt64: Int64] = [:]
  var fired: [UInt64: Int64] = [:]
  var early = 0

  mutating func set(_ key: UInt64, _ deadline: Int64, _ wheel: inout TimerWheel) {
    deadlines[key] = deadline
    let tick = wheel.dueTick(deadline)
    guard tick < dueTicks[key] ?? .max else { return }
    dueTicks[key] = tick
    wheel.enter(key, at: tick)
  }

  mutating func come(_ due: [Due], _ now: Int64, _ wheel: inout TimerWheel) {
    for entry in due where dueTicks[entry.key] == entry.tick {
      dueTicks[entry.key] = nil
      guard let deadline = deadlines[entry.key] else { continue }
      if deadline > now { set(entry.key, deadline, &wheel) } else { fire(entry.key, now, deadline) }
    }
  }

  private mutating func fire(_ key: UInt64, _ now: Int64, _ deadline: Int64) {
    if now < deadline { early += 1 }
    deadlines[key] = nil
    fired[key] = now
  }
}
