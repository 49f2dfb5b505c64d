import Glibc
import Model
import Testing

@testable import Access

@Suite("The queue of passwords to hash")
struct HashingQueueTests {
  @Test("shares equal checks, waiting and running")
  func sharing() throws {
    let told = Lock(0)
    var queue = HashingQueue(limit: 4)
    for expected in ["queued", "joined"] {
      #expect(name(queue.add(check("a"), of: client(1)) { _ in told.withLock { $0 += 1 } }) == expected)
    }
    let next = queue.takeNext()
    let running = try #require(next)
    let none = queue.takeNext()
    #expect(none.map { $0.number } == nil)
    #expect(name(queue.add(check("a"), of: client(2)) { _ in told.withLock { $0 += 1 } }) == "joined")
    for waiter in queue.takeWaiters(of: running.number) { waiter(.wrong) }
    #expect(!queue.isIdle)
    let left = queue.remove(running.number)
    #expect(left == 0)
    #expect(told.withLock { $0 } == 3)
    #expect(queue.isIdle)
  }

  @Test("tells those of one address, up to six, that a check was wrong for all of them together")
  func together() throws {
    let told = Lock<[CheckOutcome]>([])
    var queue = HashingQueue(limit: 4)
    for address in [1, 1, 2, 1, 1, 1, 1, 1, 2] as [UInt64] {
      _ = queue.add(check("a"), of: client(address)) { outcome in told.withLock { $0.append(outcome) } }
    }
    let next = queue.takeNext()
    for waiter in queue.takeWaiters(of: try #require(next).number) { waiter(.wrong) }
    let (first, again) = (CheckOutcome.wrong, CheckOutcome.wrongTogether)
    #expect(told.withLock { $0 } == [first, again, first, again, again, again, again, first, again])
  }

  @Test("does not share a check with one against another hash")
  func changedPassword() {
    var queue = HashingQueue(limit: 4)
    var later = check("a")
    later.hash = BcryptHash.nobody
    #expect(name(queue.add(check("a"), of: client(1)) { _ in }) == "queued")
    #expect(name(queue.add(later, of: client(1)) { _ in }) == "queued")
  }

  @Test("lets clients take turns")
  func turns() {
    var queue = HashingQueue(limit: 16)
    for password in ["a1", "a2", "a3", "a4"] { _ = queue.add(check(password), of: client(1)) { _ in } }
    _ = queue.add(check("b1"), of: client(2)) { _ in }
    _ = queue.add(check("b2"), of: client(2)) { _ in }
    _ = queue.add(check("c1"), of: client(3)) { _ in }
    let order = (0..<7).compactMap { _ in queue.takeNext()?.check.name }.map { String(decoding: $0, as: UTF8.self) }
    #expect(order == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"])
  }

  @Test("is bounded, and makes room at the cost of whoever waits for most")
  func bounded() throws {
    let displaced = Lock<[String]>([])
    var queue = HashingQueue(limit: 3)
    for password in ["a1", "a2", "a3"] {
      _ = queue.add(check(password), of: client(1)) { outcome in
        displaced.withLock { if outcome == .busy { $0.append(password) } }
      }
    }
    #expect(name(queue.add(check("a4"), of: client(1)) { _ in }) == "busy")
    guard case .replaced(let waiters) = queue.add(check("b1"), of: client(2), waiter: { _ in }) else {
      Issue.record("no room was made")
      return
    }
    for waiter in waiters { waiter(.busy) }
    #expect(displaced.withLock { $0 } == ["a3"])
    #expect(name(queue.add(check("a1"), of: client(1)) { _ in }) == "joined")
  }

  @Test("bounds those who wait for one check")
  func waiters() throws {
    var queue = HashingQueue(limit: 4, waiterLimit: 3)
    let answers = (0..<4).map { _ in name(queue.add(check("a"), of: client(1)) { _ in }) }
    #expect(answers == ["queued", "joined", "joined", "busy"])
    let next = queue.takeNext()
    let told = queue.takeWaiters(of: try #require(next).number)
    #expect(told.count == 3)
    _ = queue.remove(try #require(next).number)
    #expect(name(queue.add(check("a"), of: client(1)) { _ in }) == "queued")
    let givenUp = queue.giveUp()
    #expect(givenUp.count == 1)
    #expect(queue.isIdle)
  }

  @Test("begins no more of a client's checks than it is permitted, and others meanwhile")
  func permits() throws {
    var queue = HashingQueue(limit: 8)
    for password in ["a1", "a2", "a3"] { _ = queue.add(check(password), of: client(1)) { _ in } }
    _ = queue.add(check("b1"), of: client(2)) { _ in }
    let permit = { (_: PasswordCheck, _: ClientAddress, running: Int) -> HashingQueue.Permit in running < 1 ? .hash : .later }
    let (first, second) = (queue.takeNext(permit: permit), queue.takeNext(permit: permit))
    #expect([first, second].map { $0.map { String(decoding: $0.check.name, as: UTF8.self) } } == ["a1", "b1"])
    do {
      let none = queue.takeNext(permit: permit)
      #expect(none.map { $0.number } == nil)
    }
    // Told, but not removed: it still counts, and nobody can join it.
    let number = try #require(first).number
    let told = queue.takeWaiters(of: number)
    #expect(told.count == 1)
    do {
      let none = queue.takeNext(permit: permit)
      #expect(none.map { $0.number } == nil)
    }
    #expect(name(queue.add(check("a1"), of: client(1)) { _ in }) == "queued")
    let left = queue.remove(number)
    #expect(left == 3)
    let next = queue.takeNext(permit: permit)
    #expect(next?.check.name == Array("a2".utf8))
  }

  @Test("refuses what nobody else waits for, and hashes it where somebody does")
  func refusals() throws {
    var queue = HashingQueue(limit: 8)
    _ = queue.add(check("a1"), of: client(1)) { _ in }
    _ = queue.add(check("a2"), of: client(1)) { _ in }
    #expect(name(queue.add(check("a2"), of: client(2)) { _ in }) == "joined")
    let begun = (0..<2).compactMap { _ in queue.takeNext { _, _, _ in .refuse } }
    #expect(begun.map(\.isRefused) == [true, false])
    #expect(name(queue.add(check("a1"), of: client(2)) { _ in }) == "queued")
  }

  @Test("does not answer a guess with a check that counts for nothing")
  func notGuesses() {
    var queue = HashingQueue(limit: 4)
    var hook = check("a")
    hook.isRememberedWrong = true
    #expect(name(queue.add(check("a"), of: client(1)) { _ in }) == "queued")
    #expect(name(queue.add(hook, of: client(1)) { _ in }) == "queued")
  }

  @Test("takes an IPv6 network for one client, and IPv4 addresses for many")
  func clients() {
    let (first, second) = (ClientAddress(high: 7, low: 1), ClientAddress(high: 7, low: 2))
    #expect(first.throttled == second.throttled)
    #expect(ClientAddress(high: 8, low: 1).throttled != first.throttled)
    #expect(client(1).throttled != client(2).throttled)
  }
}

@Suite("The pool that hashes", .timeLimit(.minutes(1)))
struct HashingPoolTests {
  @Test("works on as many threads as it has, and answers everyone once")
  func works() async throws {
    let (busy, most, done) = (Lock(0), Lock(0), Lock(0))
    let gate = Lock(false)
    let pool = HashingPool(threads: 3) { _ in
      let now = busy.withLock {
        $0 += 1; return $0
      }
      most.withLock { $0 = max($0, now) }
      while !gate.withLock({ $0 }) { usleep(1000) }
      busy.withLock { $0 -= 1 }
      return .wrong
    }
    for index in 0..<20 { #expect(pool.submit(check("p\(index)"), of: client(1)) { _ in done.withLock { $0 += 1 } }) }
    #expect(try await eventually { most.withLock { $0 } == 3 })
    gate.withLock { $0 = true }
    #expect(try await eventually { done.withLock { $0 } == 20 })
    #expect(most.withLock { $0 } == 3)
  }

  @Test("is busy beyond its limit, and gives up what waits when it stops")
  func stops() async throws {
    let (started, gate) = (Lock(0), Lock(false))
    let outcomes = Lock<[CheckOutcome]>([])
    let pool = HashingPool(threads: 1, limit: 2) { _ in
      started.withLock { $0 += 1 }
      while !gate.withLock({ $0 }) { usleep(1000) }
      return .wrong
    }
    #expect(pool.submit(check("a"), of: client(1)) { outcome in outcomes.withLock { $0.append(outcome) } })
    #expect(try await eventually { started.withLock { $0 } == 1 })
    let more = ["b", "c", "d"].map { name in
      pool.submit(check(name), of: client(1)) { outcome in outcomes.withLock { $0.append(outcome) } }
    }
    #expect(more == [true, true, false])
    pool.stop()
    #expect(outcomes.withLock { $0 } == [.busy, .busy])
    gate.withLock { $0 = true }
    #expect(try await eventually { outcomes.withLock { $0.count } == 3 })
    #expect(!pool.submit(check("e"), of: client(1)) { _ in })
    #expect(started.withLock { $0 } == 1)
  }

  @Test("hashes equal checks once and answers all who asked")
  func shares() async throws {
    let (started, gate) = (Lock(0), Lock(false))
    let outcomes = Lock<[CheckOutcome]>([])
    let pool = HashingPool(threads: 2) { _ in
      started.withLock { $0 += 1 }
      while !gate.withLock({ $0 }) { usleep(1000) }
      return .verified(.probe)
    }
    for number in 0..<20 {
      #expect(pool.submit(check("a"), of: client(UInt64(number))) { outcome in outcomes.withLock { $0.append(outcome) } })
    }
    #expect(try await eventually { started.withLock { $0 } > 0 })
    gate.withLock { $0 = true }
    #expect(try await eventually { outcomes.withLock { $0.count } == 20 })
    #expect(outcomes.withLock { $0.allSatisfy { $0 == .verified(.probe) } })
    #expect(started.withLock { $0 } == 1)
  }

  @Test("runs below the priority of the event loops")
  func priority() async throws {
    let nice = Lock<Int32?>(nil)
    let pool = HashingPool(threads: 1) { _ in
      let priority = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
      nice.withLock { $0 = priority }
      return .wrong
    }
    let own = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
    #expect(pool.submit(check("a"), of: client(1)) { _ in })
    #expect(try await eventually { nice.withLock { $0 } != nil })
    #expect(nice.withLock { $0 } == max(own, 7))
    #expect(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) == own)
  }
}

private func check(_ password: String) -> PasswordCheck {
  PasswordCheck(
    key: CredentialKey(of: Array(password.utf8).span, secret: Array(repeating: 7, count: 32)), name: Array(password.utf8),
    password: SecretBytes(password), identity: nil, hash: cheap)
}

private let cheap = Bcrypt.hash(SecretBytes("x"), cost: 4)

private func client(_ number: UInt64) -> ClientAddress { ClientAddress(high: 0, low: number) }

private func name(_ admission: HashingQueue.Admission) -> String {
  switch admission {
  case .joined: "joined"
  case .queued: "queued"
  case .replaced: "replaced"
  case .busy: "busy"
  }
}
