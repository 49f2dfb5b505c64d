internal import Model

/// One password to be hashed. Equal checks have equal keys and hashes.
struct PasswordCheck: Sendable {
  /// Of the credentials as they were sent.
  var key: CredentialKey
  var name: [UInt8]
  var password: SecretBytes
  /// Nil: an unknown name, hashed for the time that it takes.
  var identity: UserIdentity?
  /// The user's hash when the check was asked for, or a decoy.
  var hash: BcryptHash
  /// Whether the outcome is kept when it is wrong: at a gate that lets the request pass all the same.
  var isRememberedWrong = false

  func isEqual(to other: PasswordCheck) -> Bool { key == other.key && hash == other.hash }
}

enum CheckOutcome: Sendable, Equatable {
  case verified(UserIdentity)
  case wrong
  /// It was given up: too many wait.
  case busy
}

/// Which password is hashed next: pure. Clients take turns, so that one that tries many passwords delays another's by one hash and
/// not by all of them; when the queue is full, the newest of the client that waits for most makes room for one that waits for less.
struct HashingQueue: Sendable {
  typealias Waiter = @Sendable (CheckOutcome) -> Void

  struct Job: Sendable {
    var check: PasswordCheck
    var client: ClientAddress
    /// How many checks of the same client were before it when it came.
    var turn: Int
    var waiters: [Waiter]
  }

  enum Admission {
    case joined, queued
    /// Queued in the place of these, who are to be told that the door is busy.
    case replaced([Waiter])
    case busy
  }

  /// Jobs that may wait, and all that may wait for them.
  private let limit: Int
  private let waiterLimit: Int
  private var waiterCount = 0
  /// In order of arrival.
  private var waiting: [Job] = []
  private var running: [Job] = []

  init(limit: Int, waiterLimit: Int = 1024) {
    self.limit = limit
    self.waiterLimit = waiterLimit
  }

  var isIdle: Bool { waiting.isEmpty && running.isEmpty }

  mutating func add(_ check: PasswordCheck, of address: ClientAddress, waiter: @escaping Waiter) -> Admission {
    guard waiterCount < waiterLimit else { return .busy }
    if join(check, waiter) { return .joined }
    let client = address.throttled
    let turn = (waiting + running).count { $0.client == client }
    let job = Job(check: check, client: client, turn: turn, waiters: [waiter])
    guard waiting.count >= limit else {
      append(job)
      return .queued
    }
    guard let last = waiting.indices.max(by: { waiting[$0].turn < waiting[$1].turn }), waiting[last].turn > turn else {
      return .busy
    }
    let displaced = waiting.remove(at: last).waiters
    waiterCount -= displaced.count
    append(job)
    return .replaced(displaced)
  }

  /// The next to be hashed. `finish` ends it.
  mutating func takeNext() -> PasswordCheck? {
    guard let next = waiting.indices.min(by: { waiting[$0].turn < waiting[$1].turn }) else { return nil }
    running.append(waiting.remove(at: next))
    return running.last?.check
  }

  /// Who is to be told the outcome of `check`.
  mutating func finish(_ check: PasswordCheck) -> [Waiter] {
    guard let index = running.firstIndex(where: { $0.check.isEqual(to: check) }) else { return [] }
    let waiters = running.remove(at: index).waiters
    waiterCount -= waiters.count
    return waiters
  }

  /// Empties the queue. What runs is finished.
  mutating func giveUp() -> [Waiter] {
    let waiters = waiting.flatMap(\.waiters)
    waiterCount -= waiters.count
    waiting = []
    return waiters
  }

  private mutating func append(_ job: Job) {
    waiting.append(job)
    waiterCount += 1
  }

  private mutating func join(_ check: PasswordCheck, _ waiter: @escaping Waiter) -> Bool {
    if let index = running.firstIndex(where: { $0.check.isEqual(to: check) }) {
      running[index].waiters.append(waiter)
    } else if let index = waiting.firstIndex(where: { $0.check.isEqual(to: check) }) {
      waiting[index].waiters.append(waiter)
    } else {
      return false
    }
    waiterCount += 1
    return true
  }
}

extension ClientAddress {
  /// Whoever holds one IPv6 address holds the whole /64.
  var throttled: ClientAddress { ClientAddress(high: high, low: high == 0 ? low : 0) }
}
