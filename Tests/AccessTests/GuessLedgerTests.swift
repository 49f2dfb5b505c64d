import Model
import Testing

@testable import Access

@Suite("The ledger of wrong passwords")
struct GuessLedgerTests {
  private let anna = UserMark(value: 1), bo = UserMark(value: 2)

  private func client(_ number: UInt64) -> ClientAddress { ClientAddress(high: 0, low: number) }

  private func minutes(_ count: Double) -> Int64 { Int64(count * 60e9) }

  @Test("bans an address at its fifth wrong password in ten minutes, for ten minutes")
  func ban() {
    var ledger = GuessLedger(rules: ThrottleRules())
    for number in 1...5 {
      #expect(ledger.triesLeft(of: client(1), for: anna, at: minutes(Double(number))) == 6 - number)
      let told = ledger.strike(client(1), for: anna, at: minutes(Double(number)))
      #expect(told == nil)
    }
    let told = ledger.strike(client(1), for: bo, at: minutes(6))
    #expect(told == minutes(15))
    #expect(ledger.ban(of: client(1), at: minutes(15) - 1) == minutes(15))
    #expect(ledger.triesLeft(of: client(1), for: anna, at: minutes(14)) == 0)
    #expect(ledger.ban(of: client(1), at: minutes(15)) == nil)
    #expect(ledger.triesLeft(of: client(1), for: anna, at: minutes(15)) == 5)
    #expect(ledger.ban(of: client(2), at: minutes(14)) == nil)
  }

  @Test("lets a window slide: no five within ten minutes, no ban")
  func window() {
    var ledger = GuessLedger(rules: ThrottleRules())
    for number in 0..<40 { #expect(ledger.strike(client(1), for: anna, at: minutes(2.5 * Double(number))) == nil) }
    #expect(ledger.bans(at: minutes(100)).isEmpty)
    // Four at the end of one, and a fifth right after: it is the same ten minutes wherever they begin.
    for number in 0..<5 { _ = ledger.strike(client(2), for: anna, at: minutes(9.9) + Int64(number)) }
    #expect(ledger.ban(of: client(2), at: minutes(10)) != nil)
  }

  @Test("makes each ban in a row twice as long, up to a day, and forgets after one")
  func growing() {
    var ledger = GuessLedger(rules: ThrottleRules())
    var now: Int64 = 0
    var lengths: [Int64] = []
    for _ in 0..<10 {
      for _ in 0..<5 { _ = ledger.strike(client(1), for: anna, at: now) }
      let until = ledger.ban(of: client(1), at: now) ?? now
      lengths.append((until - now) / minutes(1))
      now = until
    }
    #expect(lengths == [10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440])
    now += minutes(1441)
    for _ in 0..<5 { _ = ledger.strike(client(1), for: anna, at: now) }
    #expect(ledger.ban(of: client(1), at: now) == now + minutes(10))
  }

  @Test("takes an IPv6 network of 64 bits for one sender")
  func networks() {
    var ledger = GuessLedger(rules: ThrottleRules())
    for number in 1...5 { _ = ledger.strike(ClientAddress(high: 7, low: UInt64(number)), for: anna, at: 1) }
    #expect(ledger.ban(of: ClientAddress(high: 7, low: 99), at: 2) != nil)
    #expect(ledger.ban(of: ClientAddress(high: 8, low: 1), at: 2) == nil)
  }

  @Test("gives strangers to a user one try while many guess at him, and never refuses who has not guessed wrong")
  func perUser() {
    var ledger = GuessLedger(rules: ThrottleRules())
    ledger.succeed(client(9), anna, at: 0)
    for number in 0..<50 { #expect(ledger.strike(client(100 + UInt64(number)), for: anna, at: Int64(number)) == nil) }
    #expect(ledger.isGuessedAt(anna, at: 50))
    #expect(ledger.triesLeft(of: client(1), for: anna, at: 50) == 1)
    #expect(ledger.triesLeft(of: client(1), for: bo, at: 50) == 5)
    #expect(ledger.triesLeft(of: client(9), for: anna, at: 50) == 5)
    #expect(ledger.ban(of: client(1), at: 50) == nil)
    let told = ledger.strike(client(1), for: anna, at: 51)
    #expect(told == nil)
    #expect(ledger.ban(of: client(1), at: 52) != nil)
    // It passes by itself.
    #expect(ledger.isGuessedAt(anna, at: minutes(10)))
    #expect(!ledger.isGuessedAt(anna, at: minutes(12)))
    #expect(!ledger.isGuessedAt(anna, at: minutes(30)))
  }

  @Test("is bounded, and gives up no running ban for a wrong password")
  func bounded() {
    var rules = ThrottleRules()
    rules.wrong = 4000
    #expect(rules.capacity == 256)
    var ledger = GuessLedger(rules: rules)
    ledger.strictUntil = 1000
    for number in 0..<192 { _ = ledger.strike(client(UInt64(number)), for: anna, at: Int64(number)) }
    #expect(ledger.bans(at: 1000).count == 192)
    for number in 0..<2000 {
      _ = ledger.strike(client(10_000 + UInt64(number)), for: UserMark(value: 100 + number), at: 1000 + Int64(number))
    }
    #expect(ledger.senders.count == 256)
    #expect(ledger.bans(at: 3000).count == 192)
    #expect(ledger.senders[client(11_999)] != nil && ledger.senders[client(10_000)] == nil)
    // A ban takes the place of the one that ends first, and of no other.
    ledger.strictUntil = 10_000
    _ = ledger.strike(client(77_777), for: anna, at: 4000)
    #expect(ledger.bans(at: 4001).count == 192)
    #expect(ledger.ban(of: client(0), at: 4001) == nil && ledger.ban(of: client(1), at: 4001) != nil)
    for number in 0..<5000 {
      _ = ledger.strike(client(UInt64(number)), for: UserMark(value: number), at: 20_000)
      ledger.succeed(client(UInt64(number)), anna, at: Int64(number))
    }
    #expect(ledger.targets.count <= GuessLedger.targetCapacity && ledger.familiar.count == GuessLedger.familiarCapacity)
  }

  @Test("unlocks an address, or all from which a user's password was guessed")
  func unlocking() {
    var ledger = GuessLedger(rules: ThrottleRules())
    for (number, user) in [(1, anna), (2, anna), (3, bo)] as [(UInt64, UserMark)] {
      for _ in 0..<5 { _ = ledger.strike(client(number), for: user, at: 1) }
    }
    let freed = ledger.unlock(anna, at: 2)
    #expect(freed == [client(1), client(2)])
    #expect(ledger.ban(of: client(1), at: 2) == nil && ledger.ban(of: client(3), at: 2) != nil)
    let times = (0..<2).map { _ in ledger.unlock(client(3), at: 2) }
    #expect(times == [true, false])
    #expect(ledger.bans(at: 2).isEmpty)
  }
}

@Suite("The throttle's file")
struct GuessFileTests {
  private func sample(now: Int64) -> GuessLedger {
    var ledger = GuessLedger(rules: ThrottleRules())
    for number in 1...5 { _ = ledger.strike(ClientAddress(high: 1, low: 2), for: UserMark(value: -7), at: now - Int64(number)) }
    _ = ledger.strike(ClientAddress(high: 0, low: 3), for: UserMark(value: 8), at: now - 1_000_000)
    ledger.succeed(ClientAddress(high: 0, low: 4), UserMark(value: 8), at: now)
    return ledger
  }

  private let salt = [UInt8](repeating: 3, count: 32)

  @Test("keeps everything over a restart, by the wall clock, also where the other clock began anew")
  func roundTrip() throws {
    let bytes = GuessFile.bytes(of: sample(now: 900_000_000_000), salt: salt, now: 900_000_000_000, wallClock: 1_000_000)
    guard
      case .ledger(let read, let salt) = GuessFile.read(bytes, rules: ThrottleRules(), now: 5_000_000_000, wallClock: 1_060_000)
    else {
      Issue.record("not read")
      return
    }
    #expect(salt == self.salt)
    // A minute later.
    let left = try #require(read.ban(of: ClientAddress(high: 1, low: 9), at: 5_000_000_000)) - 5_000_000_000
    #expect((539_000_000_000...540_000_000_000).contains(left))
    #expect(read.triesLeft(of: ClientAddress(high: 0, low: 3), for: UserMark(value: 9), at: 5_000_000_000) == 4)
    #expect(read.familiar.count == 1 && read.targets.count == 2)
  }

  @Test("lets no ban end sooner when the clock was set back")
  func clockBack() throws {
    let bytes = GuessFile.bytes(of: sample(now: 1), salt: salt, now: 1, wallClock: 1_000_000)
    guard case .ledger(let read, _) = GuessFile.read(bytes, rules: ThrottleRules(), now: 1, wallClock: 0) else {
      Issue.record("not read")
      return
    }
    #expect(try #require(read.ban(of: ClientAddress(high: 1, low: 2), at: 1)) > 599_000_000_000)
  }

  @Test("is refused after any damage")
  func damage() {
    let bytes = GuessFile.bytes(of: sample(now: 1), salt: salt, now: 1)
    func isRead(_ bytes: [UInt8]) -> Bool {
      if case .ledger = GuessFile.read(bytes, rules: ThrottleRules(), now: 1) { true } else { false }
    }
    #expect(isRead(bytes))
    #expect(!isRead([]) && !isRead(Array("leanto throttle 1\n".utf8)) && !isRead(Array(bytes.dropLast(5))))
    for index in bytes.indices.dropLast() {
      var changed = bytes
      changed[index] ^= 1
      #expect(!isRead(changed), "\(index)")
    }
  }
}
