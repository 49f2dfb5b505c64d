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
  /// Whether it counts when it is wrong: against the sender, or, where the outcome is kept, against what he may try there.
  var isGuess = true

  /// A guess at the door is not answered by a check that counts for nothing.
  func isEqual(to other: PasswordCheck) -> Bool {
    key == other.key && hash == other.hash && isRememberedWrong == other.isRememberedWrong
  }
}

enum CheckOutcome: Sendable, Equatable {
  case verified(UserIdentity)
  case wrong
  /// As `wrong`, and the same address is told so for the same hash already: a browser sends up to six requests at once, all with
  /// what its person typed once.
  case wrongTogether
  /// It was given up: too many wait.
  case busy
  /// It was not looked at: its sender guessed wrong too often.
  case refused
}

/// Which password is hashed next: pure. Clients take turns, so that one that tries many passwords delays another's by one hash and
/// not by all of them; when the queue is full, the newest of the client that waits for most makes room for one that waits for less.
struct HashingQueue: Sendable {
  typealias Waiter = @Sendable (CheckOutcome) -> Void

  struct Job: Sendable {
    var number: UInt64
    var check: PasswordCheck
    var client: ClientAddress
    /// How many checks of the same client were before it when it came.
    var turn: Int
    var waiters: [Waiter]
    /// Who waits, in the order of `waiters`.
    var clients: [ClientAddress]
    /// Whether others than `client` wait as well.
    var isShared = false
    /// Its waiters are being told: nobody can join any more.
    var isClosed = false
  }

  /// What may become of a check of a client that has `running` others under way.
  enum Permit {
    case hash
    /// Only when one of those is done: their outcome may be that no more is told.
    case later
    /// Not worth a hash, unless somebody else waits for it.
    case refuse
  }

  /// A job that was begun.
  struct Begun: Sendable {
    var number: UInt64
    var check: PasswordCheck
    var isRefused: Bool
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
  /// Connections that a browser opens to one host (HTTP/1.1; Chromium, Firefox and Safari alike).
  static let browserConnections = 6
  private var waiterCount = 0
  /// In order of arrival.
  private var waiting: [Job] = []
  private var running: [Job] = []
  private var lastNumber: UInt64 = 0

  init(limit: Int, waiterLimit: Int = 1024) {
    self.limit = limit
    self.waiterLimit = waiterLimit
  }

  var isIdle: Bool { waiting.isEmpty && running.isEmpty }

  mutating func add(_ check: PasswordCheck, of address: ClientAddress, waiter: @escaping Waiter) -> Admission {
    guard waiterCount < waiterLimit else { return .busy }
    let client = address.throttled
    if join(check, client, waiter) { return .joined }
    let turn = (waiting + running).count { $0.client == client }
    lastNumber += 1
    let job = Job(number: lastNumber, check: check, client: client, turn: turn, waiters: [waiter], clients: [client])
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

  /// The next to be hashed: nil when there is none that may be. `takeWaiters` and `remove` end it.
  mutating func takeNext(
    permit: (_ check: PasswordCheck, _ client: ClientAddress, _ running: Int) -> Permit = { _, _, _ in .hash }
  ) -> Begun? {
    for index in waiting.indices.sorted(by: { (waiting[$0].turn, $0) < (waiting[$1].turn, $1) }) {
      let job = waiting[index]
      let permit = permit(job.check, job.client, running.count { $0.client == job.client })
      if permit == .later { continue }
      waiting.remove(at: index)
      running.append(job)
      running[running.count - 1].isClosed = permit == .refuse && !job.isShared
      return Begun(number: job.number, check: job.check, isRefused: permit == .refuse && !job.isShared)
    }
    return nil
  }

  /// Who is to be told the outcome. The job counts as running until it is removed, so that what they are told counts before the next
  /// check of the same client begins.
  mutating func takeWaiters(of number: UInt64) -> [Waiter] {
    guard let index = running.firstIndex(where: { $0.number == number }) else { return [] }
    let waiters = running[index].waiters
    running[index].waiters = []
    running[index].isClosed = true
    waiterCount -= waiters.count
    return waiters
  }

  /// Returns how many wait, perhaps for this.
  mutating func remove(_ number: UInt64) -> Int {
    running.removeAll { $0.number == number }
    return waiting.count
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

  private mutating func join(_ check: PasswordCheck, _ client: ClientAddress, _ waiter: @escaping Waiter) -> Bool {
    if let index = running.firstIndex(where: { !$0.isClosed && $0.check.isEqual(to: check) }) {
      running[index].join(client, waiter)
    } else if let index = waiting.firstIndex(where: { $0.check.isEqual(to: check) }) {
      waiting[index].join(client, waiter)
    } else {
      return false
    }
    waiterCount += 1
    return true
  }
}

extension HashingQueue.Job {
  mutating func join(_ address: ClientAddress, _ waiter: @escaping HashingQueue.Waiter) {
    let earlier = clients.count { $0 == address }
    if earlier > 0, earlier < HashingQueue.browserConnections {
      waiters.append { (outcome: CheckOutcome) in waiter(outcome == .wrong ? CheckOutcome.wrongTogether : outcome) }
    } else {
      waiters.append(waiter)
    }
    clients.append(address)
    if client != address { isShared = true }
  }
}
