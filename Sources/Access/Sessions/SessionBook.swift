internal import Model

/// How long sessions last. Seconds.
struct SessionRules: Sendable, Equatable {
  /// Without a visit.
  var sliding: UInt32
  /// Whatever happens.
  static let longest: UInt32 = 30 * 86_400
  /// What another machine's clock may be ahead.
  static let slack: UInt32 = 300

  /// After this a visit makes the session last anew.
  var renewal: UInt32 { max(1, sliding / 12) }

  init(seconds: Double) { sliding = UInt32(min(max(seconds, 1), Double(Self.longest))) }
}

/// Everything that sessions are judged by at one moment: a value that each event loop has a copy of.
struct SessionBook: Sendable {
  struct Session: Sendable, Equatable {
    var identity: UserIdentity
    var token: SessionToken
    /// Whether the key that signed it is the newest one.
    var isCurrent: Bool
  }

  /// The newest first; an older one is only read with.
  private(set) var keys: [SigningKey] = []
  /// Nil: there are no sessions.
  private(set) var rules: SessionRules?
  private var identities: [SessionBinding: UserIdentity] = [:]
  private var bindings: [UserIdentity: SessionBinding] = [:]
  /// Sessions that people ended, by whose and since when they were.
  private(set) var ended: Set<EndedSession> = []
  var signInMode = SignInMode.basic

  init() {}

  init(
    keys: [SigningKey], rules: SessionRules?, users: [(name: [UInt8], identity: UserIdentity, hash: BcryptHash)],
    ended: Set<EndedSession>
  ) {
    self.keys = keys
    self.rules = rules
    self.ended = ended
    guard rules != nil else { return }
    for (number, key) in keys.enumerated() {
      for user in users {
        let binding = SessionBinding(name: user.name, hash: user.hash, key: key)
        identities[binding] = user.identity
        if number == 0 { bindings[user.identity] = binding }
      }
    }
  }

  /// Whose session `text` is: nil when it is nobody's, or over. `now`: seconds since 1970. Allocates nothing.
  func session(_ text: Span<UInt8>, at now: UInt32) -> Session? {
    for (number, key) in keys.enumerated() {
      guard let token = SessionToken(text, key: key) else { continue }
      guard isLive(token, at: now), let identity = identities[token.binding] else { return nil }
      if !ended.isEmpty, ended.contains(EndedSession(token)) { return nil }
      return Session(identity: identity, token: token, isCurrent: number == 0)
    }
    return nil
  }

  func isLive(_ token: SessionToken, at now: UInt32) -> Bool {
    guard let rules, token.begun <= token.renewed, token.renewed <= now &+ SessionRules.slack else { return false }
    return now < token.renewed &+ rules.sliding && now < token.begun &+ SessionRules.longest
  }

  /// Whether a visit now should make the session last anew.
  func isDue(_ session: Session, at now: UInt32) -> Bool {
    guard let rules else { return false }
    return !session.isCurrent || now >= session.token.renewed &+ rules.renewal
  }

  /// The value of the Set-Cookie field for a session that began at `begun`. Nil: there are no sessions, or not for this user.
  func cookie(_ identity: UserIdentity, begun: UInt32, at now: UInt32, isSecure: Bool) -> [UInt8]? {
    guard let rules, let key = keys.first, let binding = bindings[identity] else { return nil }
    let token = SessionToken(binding: binding, begun: begun, renewed: now)
    let life = min(rules.sliding, begun &+ SessionRules.longest &- now)
    return Self.field(String(decoding: token.text(key: key), as: UTF8.self), life: life, isSecure)
  }

  /// Makes a browser forget its session.
  static func removal(isSecure: Bool) -> [UInt8] { field("", life: 0, isSecure) }

  private static func field(_ value: String, life: UInt32, _ isSecure: Bool) -> [UInt8] {
    let name = isSecure ? SessionCookie.secureName : SessionCookie.plainName
    let end = isSecure ? "; Secure" : ""
    return Array("\(name)=\(value); Path=/; Max-Age=\(life); HttpOnly; SameSite=Lax\(end)".utf8)
  }
}

extension SessionBook {
  /// What ends the session of `text`, under every key that it may be renewed with. Empty: it is none.
  func endings(_ text: Span<UInt8>, at now: UInt32, user: (UserIdentity) -> (name: [UInt8], hash: BcryptHash)?) -> [EndedSession]
  {
    guard let session = session(text, at: now), let user = user(session.identity) else { return [] }
    return keys.map { key in
      EndedSession(binding: SessionBinding(name: user.name, hash: user.hash, key: key), begun: session.token.begun)
    }
  }
}

/// A session that its person ended before its time.
struct EndedSession: Sendable, Hashable {
  var binding: SessionBinding
  var begun: UInt32

  init(binding: SessionBinding, begun: UInt32) {
    self.binding = binding
    self.begun = begun
  }

  init(_ token: SessionToken) { self.init(binding: token.binding, begun: token.begun) }
}
