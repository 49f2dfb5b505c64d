internal import Model
internal import Synchronization

/// What all doors of a policy share: the users, and whose credentials were checked.
final class CredentialStore: Sendable {
  enum Finding {
    case verified(UserIdentity, expires: UInt64)
    case stranger
    case unchecked(PasswordCheck)
  }

  private struct Pass: Sendable {
    var user: [UInt8]
    /// Of `user:password`.
    var key: CredentialKey
    var expires: UInt64
  }

  private struct State: Sendable {
    var users = UserTable()
    var verified = CredentialTable(capacity: 4096)
    /// Seen on public paths, and no user's: a webhook's caller is checked once and not at every call. Apart from the verified
    /// ones, so that no flood of strangers can push those out.
    var strangers = CredentialTable(capacity: 1024)
    var passes: [Pass] = []
    /// Right until the user got another password: a browser that still sends them does not guess.
    var former = CredentialTable(capacity: 256)
    var sessionKeys: [SigningKey] = []
    var sessionRules: SessionRules?
    var signInMode = SignInMode.basic
    var endedSessions: Set<EndedSession> = []
    var sessions = SessionBook()
    var keys = KeyTable()
    /// By what is shown of each.
    var meters: [String: KeyMeter] = [:]
    /// What is shown of each key, by its name.
    var shown: [String: String] = [:]
    /// What each key was used for, by what is shown of it.
    var keyUses: [String: KeyUse] = [:]
    var hasNewUses = false
    /// Keys of `leanto verify`.
    var probeKeys: [(hash: CredentialKey, key: KeyTable.Key)] = []
  }

  private static let passLimit = 16
  /// Random for each process: nothing in memory helps to guess a password without it.
  let secret = Sodium.randomBytes(32)
  /// Nanoseconds that never go back.
  let now: @Sendable () -> UInt64
  private let state = Lock(State())
  private let currentGeneration = Atomic<UInt64>(1)

  /// Seconds since 1970.
  let wallClock: @Sendable () -> UInt32

  init(now: @escaping @Sendable () -> UInt64, wallClock: @escaping @Sendable () -> UInt32 = { wallSeconds() }) {
    self.now = now
    self.wallClock = wallClock
  }

  /// Changes whenever credentials that were right may be so no longer. Cheap enough to look at for every request.
  var generation: UInt64 { currentGeneration.load(ordering: .acquiring) }

  var names: [[UInt8]] { state.withLock { $0.users.names } }
  var userCount: Int { state.withLock { $0.users.count } }

  func key(of bytes: Span<UInt8>) -> CredentialKey { CredentialKey(of: bytes, secret: secret) }

  /// `key`: of the credentials as they were sent. `decoded`: `user:password`, with where the two lie in it. `remembersStrangers`:
  /// whether an earlier failure counts, and this one will.
  func find(
    _ key: CredentialKey, in decoded: Span<UInt8>, user: Range<Int>, password: Range<Int>, remembersStrangers: Bool
  ) -> Finding {
    let passKey = self.key(of: decoded)
    let name = [UInt8](copying: decoded.extracting(user))
    let place = self.key(of: name.span).place
    let secret = SecretBytes(copying: decoded.extracting(password))
    let now = now()
    return state.withLock { state in
      if let entry = state.verified.find(key) { return .verified(entry.identity, expires: entry.expires) }
      if let pass = state.passes.first(where: { $0.key == passKey && $0.expires > now }) {
        return .verified(.probe, expires: pass.expires)
      }
      if remembersStrangers && state.strangers.find(key) != nil { return .stranger }
      let user = state.users.user(name)
      var check = PasswordCheck(
        key: key, name: name, password: secret, identity: user?.identity,
        hash: user?.hash ?? state.users.decoy(place: place), isRememberedWrong: remembersStrangers)
      // `leanto verify` shows that a wrong password is refused; nobody can guess a password of 256 random bits.
      let isFormer = state.former.find(key).map { $0.identity == user?.identity } ?? false
      check.isGuess = !isFormer && !state.passes.contains { $0.user == name && $0.expires > now }
      return .unchecked(check)
    }
  }

  /// Hashes, on a thread that may take its time, and remembers the outcome where it still holds.
  func carryOut(_ check: PasswordCheck) -> CheckOutcome {
    let matches = Bcrypt.matches(check.password, check.hash)
    return state.withLock { state in
      let user = state.users.user(check.name)
      // Another password was set, or the user came or went, while this one was hashed: what was found out is void.
      guard user?.identity == check.identity, user == nil || user?.hash == check.hash else { return .wrong }
      guard matches, let identity = check.identity else {
        if check.isRememberedWrong { state.strangers.insert(.init(key: check.key, identity: .nobody, expires: 0)) }
        return .wrong
      }
      state.verified.insert(.init(key: check.key, identity: identity, expires: 0))
      return .verified(identity)
    }
  }

  /// Takes over other users. Returns whether anything is different.
  func update(from file: UserFile) -> Bool {
    state.withLock { state in
      let names = Set(file.users.map(\.name))
      let count = state.users.count
      let stale = state.users.update(from: file)
      guard !stale.isEmpty || names.count != count else { return false }
      state.former.removeAll { stale.contains($0) }
      for entry in state.verified.removeAll(where: { stale.contains($0) }) { state.former.insert(entry) }
      state.strangers.removeAll()
      renewSessions(&state)
      currentGeneration.add(1, ordering: .acquiringAndReleasing)
      return true
    }
  }

  // MARK: Keys

  var keys: KeyTable { state.withLock { $0.keys } }

  func setKeys(_ file: KeyFile) {
    change { state in
      let earlier = state.meters
      state.meters = [:]
      state.keys = KeyTable(file) {
        state.users.identity(of: $0)
      } meter: { key in
        guard let rate = key.rate else { return nil }
        // A change of another key gives nobody a fresh start.
        let meter = earlier[key.shown].flatMap { $0.rate == rate ? $0 : nil } ?? KeyMeter(rate)
        state.meters[key.shown] = meter
        return meter
      }
      for probe in state.probeKeys { state.keys.add(probe.hash, probe.key) }
      state.shown = Dictionary(file.keys.map { ($0.name, $0.shown) }) { first, _ in first }
      let known = Set(state.shown.values)
      state.keyUses = state.keyUses.filter { known.contains($0.key) }
      return true
    }
  }

  /// A key for `leanto verify`, in memory alone. `expires`: seconds since 1970.
  func addProbeKey(_ key: String, for service: String, expires: UInt32) {
    let bytes = Array(key.utf8)
    let entry = KeyTable.Key(identity: .probe, shown: "", service: service, verbs: .max, expires: expires)
    let now = wallClock()
    change { state in
      state.probeKeys.removeAll { $0.key.expires <= now }
      if state.probeKeys.count >= Self.passLimit { state.probeKeys.removeFirst() }
      state.probeKeys.append((APIKey.hash(bytes.span), entry))
      state.keys.add(APIKey.hash(bytes.span), entry)
      return true
    }
  }

  func setKeyUses(_ uses: [String: KeyUse]) { state.withLock { $0.keyUses = uses } }

  /// Called once a minute for each key in use, not for each request.
  func noteUse(of shown: String, at now: UInt32) {
    guard !shown.isEmpty else { return }
    state.withLock { state in
      state.keyUses[shown, default: KeyUse()].last = max(now, state.keyUses[shown]?.last ?? 0)
      state.hasNewUses = true
    }
  }

  func noteTokens(of name: String, prompt: UInt64, generated: UInt64) {
    state.withLock { state in
      guard let shown = state.shown[name] else { return }
      state.keyUses[shown, default: KeyUse()].promptTokens &+= prompt
      state.keyUses[shown, default: KeyUse()].generatedTokens &+= generated
      state.hasNewUses = true
    }
  }

  /// Nil: nothing new since the last call.
  func takeKeyUses() -> [String: KeyUse]? {
    state.withLock { state in
      defer { state.hasNewUses = false }
      return state.hasNewUses ? state.keyUses : nil
    }
  }

  // MARK: Sessions

  var sessions: SessionBook { state.withLock { $0.sessions } }

  func setSessionRules(_ rules: SessionRules?, _ mode: SignInMode) {
    change { state in
      defer { (state.sessionRules, state.signInMode) = (rules, mode) }
      return state.sessionRules != rules || state.signInMode != mode
    }
  }

  /// Ends the session of the cookie `text`. Returns whether it was one.
  func endSession(_ text: [UInt8]) -> Bool {
    let now = wallClock()
    var isEnded = false
    change { state in
      let users = Dictionary(state.users.all.map { ($0.identity, (name: $0.name, hash: $0.hash)) }) { first, _ in first }
      let endings = state.sessions.endings(text.span, at: now) { users[$0] }
      isEnded = !endings.isEmpty
      state.endedSessions.formUnion(endings)
      EndedSessions.trim(&state.endedSessions, at: now)
      return isEnded
    }
    return isEnded
  }

  var endedSessions: Set<EndedSession> { state.withLock { $0.endedSessions } }

  func setEndedSessions(_ ended: Set<EndedSession>) {
    change { state in
      defer { state.endedSessions = ended }
      return state.endedSessions != ended
    }
  }

  func setSessionKeys(_ keys: [SigningKey]) {
    change { state in
      defer { state.sessionKeys = keys }
      return state.sessionKeys != keys
    }
  }

  /// `body` returns whether it changed anything that sessions are judged by.
  private func change(_ body: (inout State) -> Bool) {
    state.withLock { state in
      guard body(&state) else { return }
      renewSessions(&state)
      currentGeneration.add(1, ordering: .acquiringAndReleasing)
    }
  }

  private func renewSessions(_ state: inout State) {
    state.sessions = SessionBook(
      keys: state.sessionKeys, rules: state.sessionRules, users: state.users.all, ended: state.endedSessions)
    state.sessions.signInMode = state.signInMode
  }

  func addPass(user: String, password: String, expires: UInt64) {
    let key = key(of: Array("\(user):\(password)".utf8).span)
    let now = now()
    state.withLock { state in
      state.passes.removeAll { $0.expires <= now }
      if state.passes.count >= Self.passLimit { state.passes.removeFirst() }
      state.passes.append(Pass(user: Array(user.utf8), key: key, expires: expires))
    }
  }
}

extension [UInt8] {
  init(copying span: Span<UInt8>) {
    self.init()
    reserveCapacity(span.count)
    for index in span.indices { append(span[index]) }
  }
}
