internal import Model
internal import Synchronization

/// What all doors of a policy share of the throttle. A question about an address costs one load while nobody is banned.
final class GuessThrottle: Sendable {
  private struct State: Sendable {
    var ledger = GuessLedger(rules: ThrottleRules())
    /// Wrong passwords where they do not keep anybody out: on public paths, and beside a session or a key. Whoever tries too many
    /// there has no more of them looked at; that keeps him out of nothing, and is not kept over a restart.
    var aside = GuessLedger(rules: ThrottleRules())
    var isOn = false
    var salt: [UInt8] = Sodium.randomBytes(32)
    /// Whether the file is not what is known here.
    var isChanged = false
    var path: String?
    var lastProblem: String?
  }

  private let state = Lock(State())
  /// Told of each ban that begins.
  private let listener = Lock<(@Sendable (Lockout) -> Void)?>(nil)
  private let clock: @Sendable () -> UInt64
  /// When the last of all bans ends.
  private let lastEnd = Atomic<Int64>(.min)

  init(now: @escaping @Sendable () -> UInt64) { clock = now }

  private var now: Int64 { Int64(clamping: clock()) }

  /// Nil: off. What was counted stays.
  func use(_ rules: ThrottleRules?) {
    state.withLock { state in
      state.isOn = rules != nil
      if let rules { (state.ledger.rules, state.aside.rules) = (rules, rules.aside) }
      follow(state)
    }
  }

  /// Seconds, at least 1, that `client` has to wait. Nil: he may come in. No lock is taken unless somebody is banned.
  func secondsLeft(of client: ClientAddress) -> Int? {
    let end = lastEnd.load(ordering: .relaxed)
    guard end != .min else { return nil }
    let now = now
    guard now < end else { return nil }
    return state.withLock { state in state.ledger.ban(of: client, at: now).map { Self.seconds($0 - now) } }
  }

  /// How many passwords of `client` may be looked at before the next ban would start. 0: one runs.
  func triesLeft(of client: ClientAddress, name: [UInt8]) -> Int {
    let now = now
    return state.withLock { state in
      state.isOn ? state.ledger.triesLeft(of: client, for: Self.mark(name, state.salt), at: now) : .max
    }
  }

  /// What the hashing pool asks before each check: no more are under way than may turn out wrong, so that a burst counts exactly.
  func permit(_ check: PasswordCheck, _ client: ClientAddress, running: Int) -> HashingQueue.Permit {
    guard check.isGuess else { return .hash }
    let tries = check.isRememberedWrong ? asideTries(of: client) : triesLeft(of: client, name: check.name)
    return tries == 0 ? .refuse : running < tries ? .hash : .later
  }

  func tellOfBans(_ listener: @escaping @Sendable (Lockout) -> Void) { self.listener.withLock { $0 = listener } }

  /// Counts a wrong password. Nil: tell that it was wrong. Otherwise seconds to wait, and nothing is to be told of the password.
  /// `isKnown`: whether there is such a user.
  func strike(_ client: ClientAddress, name: [UInt8], isKnown: Bool = false) -> Int? {
    let now = now
    let (left, begun) = state.withLock { state -> (Int?, Int?) in
      guard state.isOn else { return (nil, nil) }
      if let until = state.ledger.strike(client, for: Self.mark(name, state.salt), at: now) {
        return (Self.seconds(until - now), nil)
      }
      changed(&state)
      return (nil, state.ledger.ban(of: client, at: now).map { Self.seconds($0 - now) })
    }
    if let begun, let listener = listener.withLock({ $0 }) {
      let user = isKnown ? String(decoding: name, as: UTF8.self) : nil
      listener(Lockout(address: client.throttled.networkText, user: user, seconds: begun))
    }
    return left
  }

  func succeed(_ client: ClientAddress, name: [UInt8]) {
    let now = now
    state.withLock { state in
      guard state.isOn else { return }
      state.ledger.succeed(client, Self.mark(name, state.salt), at: now)
      state.isChanged = true
    }
  }

  /// Whether a password of `client` is looked at where it does not matter for him.
  func mayTryAside(_ client: ClientAddress) -> Bool { asideTries(of: client) > 0 }

  private func asideTries(of client: ClientAddress) -> Int {
    let now = now
    return state.withLock { state in
      state.isOn ? state.aside.triesLeft(of: client, for: UserMark(value: 0), at: now) : .max
    }
  }

  func strikeAside(_ client: ClientAddress, of check: PasswordCheck) {
    guard check.isGuess else { return }
    let now = now
    state.withLock { state in
      // For no user in particular: his softer limit is about those who want to get in as him.
      if state.isOn { _ = state.aside.strike(client, at: now) }
    }
  }

  private func changed(_ state: inout State) {
    state.isChanged = true
    follow(state)
  }

  private func follow(_ state: State) {
    let end = state.ledger.senders.values.compactMap(\.bannedUntil).max() ?? .min
    lastEnd.store(state.isOn ? end : .min, ordering: .relaxed)
  }

  private static func mark(_ name: [UInt8], _ salt: [UInt8]) -> UserMark {
    UserMark(value: CredentialKey(of: name.span, secret: salt).place)
  }

  private static func seconds(_ nanoseconds: Int64) -> Int {
    Int((nanoseconds + ThrottleRules.second - 1) / ThrottleRules.second)
  }
}

// MARK: For people

extension GuessThrottle {
  /// Running bans, and those of `names` at whom many guess.
  func lockouts(names: [[UInt8]]) -> [Lockout] {
    let now = now
    return state.withLock { state in
      guard state.isOn else { return [] }
      let marks = Dictionary(names.map { (Self.mark($0, state.salt), String(decoding: $0, as: UTF8.self)) }) { first, _ in first }
      let bans = state.ledger.bans(at: now).map { ban in
        Lockout(address: ban.client.networkText, user: marks[ban.user], seconds: Self.seconds(ban.until - now))
      }
      let guessedAt = marks.filter { state.ledger.isGuessedAt($0.key, at: now) }.map {
        Lockout(address: nil, user: $0.value, seconds: 0)
      }
      return bans + guessedAt.sorted { ($0.user ?? "") < ($1.user ?? "") }
    }
  }

  /// An address, a user's name, or everything. Returns the addresses that were banned until now.
  func unlock(address: ClientAddress) -> [String] {
    let now = now
    return state.withLock { state in
      let wasBanned = state.ledger.unlock(address, at: now)
      _ = state.aside.unlock(address, at: now)
      changed(&state)
      return wasBanned ? [address.throttled.networkText] : []
    }
  }

  func unlock(name: [UInt8]) -> [String] {
    let now = now
    return state.withLock { state in
      let freed = state.ledger.unlock(Self.mark(name, state.salt), at: now)
      changed(&state)
      return freed.map(\.networkText)
    }
  }

  func unlockAll() -> [String] {
    let now = now
    return state.withLock { state in
      let freed = state.ledger.bans(at: now).map(\.client.networkText)
      state.ledger.senders = [:]
      state.ledger.targets = [:]
      state.ledger.strictUntil = nil
      state.aside.senders = [:]
      changed(&state)
      return freed
    }
  }
}

// MARK: Over a restart

extension GuessThrottle {
  /// Takes over what an earlier process kept at `path`, and keeps it there from now on. A file that cannot be used fails closed:
  /// nobody is banned by it, but while it could have mattered one wrong password is a ban. Returns what to tell about it.
  func restore(path: String) -> String? {
    let now = now
    return state.withLock { state in
      state.path = path
      let read: GuessFile.Reading
      do throws(UserProblem) {
        guard let bytes = try PrivateFile.readIfThere(path, limit: GuessFile.largest) else { return nil }
        read = GuessFile.read(bytes, rules: state.ledger.rules, now: now)
      } catch {
        read = .damaged("\(error)")
      }
      switch read {
      case .ledger(let ledger, let salt):
        state.ledger = ledger
        state.salt = salt
        follow(state)
        return nil
      case .damaged(let reason):
        state.ledger.strictUntil = now + state.ledger.rules.within
        state.isChanged = true
        return "who guessed at passwords before this start is not known (\(path): \(reason)); for "
          + "\(Self.seconds(state.ledger.rules.within)) s one wrong password bans an address. "
          + "Let a person in with: leanto user unlock"
      }
    }
  }

  /// Writes the file when there is news. Returns a problem once, until it is another one.
  func keep() -> String? {
    let now = now
    let (path, bytes) = state.withLock { state -> (String?, [UInt8]) in
      guard state.isChanged, let path = state.path else { return (nil, []) }
      state.isChanged = false
      return (path, GuessFile.bytes(of: state.ledger, salt: state.salt, now: now))
    }
    guard let path else { return nil }
    do throws(UserProblem) {
      try PrivateFile.save(bytes, path: path)
      state.withLock { $0.lastProblem = nil }
      return nil
    } catch {
      let problem = "\(error); until it can be written, a restart forgets who guessed at passwords"
      return state.withLock { state in
        state.isChanged = true
        defer { state.lastProblem = problem }
        return state.lastProblem == problem ? nil : problem
      }
    }
  }
}
