internal import Model

/// Stands for a user's name, known or not: what people type there by mistake is not kept.
struct UserMark: Sendable, Hashable {
  var value: Int
}

/// Who guessed wrong, and for whom: pure, a value in and a value out, with the time as an argument. Bounded in every direction.
///
/// Times are nanoseconds of a clock that never goes back; they may lie before its zero, when they are from before a restart.
struct GuessLedger: Sendable, Equatable {
  /// One address; of IPv6, one /64.
  struct Sender: Sendable, Equatable {
    /// Times of wrong passwords within the window, oldest first; fewer than make a ban.
    var wrong: [Int64] = []
    /// When the last ban ends, or ended.
    var bannedUntil: Int64?
    /// Bans in a row.
    var bans = 0
    /// Of the last wrong password.
    var user = UserMark(value: 0)
    var lastWrong: Int64 = 0
  }

  /// Wrong passwords for one user in this window and in the one before: near enough for the softer limit.
  struct Target: Sendable, Equatable {
    var start: Int64
    var current = 0
    var previous = 0
  }

  struct Acquaintance: Sendable, Hashable {
    var client: ClientAddress
    var user: UserMark
  }

  var rules: ThrottleRules
  var senders: [ClientAddress: Sender] = [:]
  var targets: [UserMark: Target] = [:]
  /// From where users signed in, and when last.
  var familiar: [Acquaintance: Int64] = [:]
  /// Until then one wrong password is a ban: what was known before was lost.
  var strictUntil: Int64?

  static let targetCapacity = 2048
  static let familiarCapacity = 1024
  private static let familiarFor: Int64 = 90 * 86_400 * ThrottleRules.second

  init(rules: ThrottleRules) { self.rules = rules }

  /// When the running ban of `client` ends. Nil: there is none.
  func ban(of client: ClientAddress, at now: Int64) -> Int64? {
    guard let until = senders[client.throttled]?.bannedUntil, until > now else { return nil }
    return until
  }

  /// How many wrong passwords make a ban. 0: one runs.
  func triesLeft(of client: ClientAddress, for user: UserMark, at now: Int64) -> Int {
    guard ban(of: client, at: now) == nil else { return 0 }
    let client = client.throttled
    if isStrict(client, user, now) { return 1 }
    return max(1, rules.wrong - (senders[client]?.wrong.count { $0 > now - rules.within } ?? 0))
  }

  /// Counts a wrong password. Returns the end of a ban that runs already, which takes the place of the answer; nil when the answer
  /// is that the password is wrong, also where a ban starts with it.
  ///
  /// `user`: nil where it counts for the sender alone.
  mutating func strike(_ client: ClientAddress, for user: UserMark? = nil, at now: Int64) -> Int64? {
    if let until = ban(of: client, at: now) { return until }
    let isLast = triesLeft(of: client, for: user ?? UserMark(value: 0), at: now) <= 1
    if let user { countForUser(user, now) }
    let client = client.throttled
    var sender = senders[client] ?? Sender()
    sender.wrong = sender.wrong.filter { $0 > now - rules.within } + [now]
    sender.user = user ?? UserMark(value: 0)
    sender.lastWrong = now
    if isLast {
      if let ended = sender.bannedUntil, now - ended > rules.memory { sender.bans = 0 }
      sender.bans += 1
      sender.bannedUntil = now + rules.duration(ofBan: sender.bans)
      sender.wrong = []
    }
    keep(sender, client, now)
    return nil
  }

  /// A password was right: from there this user may mistype like everybody, also while others guess at him.
  mutating func succeed(_ client: ClientAddress, _ user: UserMark, at now: Int64) {
    let pair = Acquaintance(client: client.throttled, user: user)
    if familiar[pair] == nil, familiar.count >= Self.familiarCapacity {
      if let oldest = familiar.min(by: { $0.value < $1.value })?.key { familiar[oldest] = nil }
    }
    familiar[pair] = now
  }

  /// Whether so many guess at the user that strangers to him have one try.
  func isGuessedAt(_ user: UserMark, at now: Int64) -> Bool {
    guard let target = targets[user] else { return false }
    let age = now - target.start
    guard age < 2 * rules.within else { return false }
    let (current, previous) = age < rules.within ? (target.current, target.previous) : (0, target.current)
    let share = 1 - Double(age % max(rules.within, 1)) / Double(max(rules.within, 1))
    return Double(current) + Double(previous) * share >= Double(rules.perUser)
  }

  private func isStrict(_ client: ClientAddress, _ user: UserMark, _ now: Int64) -> Bool {
    if let strictUntil, now < strictUntil { return true }
    guard isGuessedAt(user, at: now) else { return false }
    guard let last = familiar[Acquaintance(client: client, user: user)] else { return true }
    return now - last > Self.familiarFor
  }

  private mutating func countForUser(_ user: UserMark, _ now: Int64) {
    if targets[user] == nil, targets.count >= Self.targetCapacity {
      // Whoever is guessed at least is forgotten first.
      if let least = targets.min(by: { ($0.value.current, $0.value.start) < ($1.value.current, $1.value.start) })?.key {
        targets[least] = nil
      }
    }
    var target = targets[user] ?? Target(start: now)
    let windows = (now - target.start) / max(rules.within, 1)
    if windows > 0 {
      target.previous = windows == 1 ? target.current : 0
      target.current = 0
      target.start += windows * rules.within
    }
    target.current += 1
    targets[user] = target
  }
}

// MARK: Room

extension GuessLedger {
  /// A quarter of the room is never taken by bans, so that there is always some to count in.
  private var banCapacity: Int { rules.capacity / 4 * 3 }

  private mutating func keep(_ sender: Sender, _ client: ClientAddress, _ now: Int64) {
    if Self.isBanned(sender, now), count(where: { Self.isBanned($0, now) }) >= banCapacity {
      // Only a ban ever takes the place of a ban: of the one that ends first.
      remove(client, first: { Self.isBanned($0, now) }, by: { $0.bannedUntil ?? 0 })
    }
    if senders[client] == nil, senders.count >= rules.capacity {
      let rules = rules
      senders = senders.filter { !Self.isForgettable($0.value, rules, now) }
      if senders.count >= rules.capacity { remove(client, first: { !Self.isBanned($0, now) }, by: { $0.lastWrong }) }
    }
    senders[client] = sender
  }

  private func count(where condition: (Sender) -> Bool) -> Int {
    // Most of the time there are few.
    senders.count < banCapacity ? 0 : senders.values.count(where: condition)
  }

  private mutating func remove(_ own: ClientAddress, first condition: (Sender) -> Bool, by rank: (Sender) -> Int64) {
    let others = senders.filter { $0.key != own && condition($0.value) }
    if let first = others.min(by: { rank($0.value) < rank($1.value) })?.key { senders[first] = nil }
  }

  private static func isBanned(_ sender: Sender, _ now: Int64) -> Bool { (sender.bannedUntil ?? .min) > now }

  private static func isForgettable(_ sender: Sender, _ rules: ThrottleRules, _ now: Int64) -> Bool {
    let isPast = sender.bannedUntil.map { now - $0 > rules.memory } ?? true
    return isPast && sender.wrong.allSatisfy { $0 <= now - rules.within }
  }
}

// MARK: Unlocking

extension GuessLedger {
  /// Running bans, those that last longest first.
  func bans(at now: Int64) -> [(client: ClientAddress, until: Int64, user: UserMark)] {
    senders.compactMap { client, sender in
      sender.bannedUntil.flatMap { $0 > now ? (client, $0, sender.user) : nil }
    }.sorted { ($0.until, $0.client.low) > ($1.until, $1.client.low) }
  }

  /// Forgets an address. Returns whether there was a ban.
  mutating func unlock(_ client: ClientAddress, at now: Int64) -> Bool {
    let wasBanned = ban(of: client, at: now) != nil
    senders[client.throttled] = nil
    return wasBanned
  }

  /// Forgets what was guessed for a user, and the addresses that guessed for him last. Returns those that were banned.
  mutating func unlock(_ user: UserMark, at now: Int64) -> [ClientAddress] {
    targets[user] = nil
    let theirs = senders.filter { $0.value.user == user }
    for client in theirs.keys { senders[client] = nil }
    return theirs.filter { Self.isBanned($0.value, now) }.keys.sorted { ($0.high, $0.low) < ($1.high, $1.low) }
  }
}
