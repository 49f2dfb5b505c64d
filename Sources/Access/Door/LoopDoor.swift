internal import HTTP
internal import Model

/// One event loop's door. Used on its loop alone: what it remembers needs no lock, and a request whose credentials it remembers
/// allocates nothing and waits for nobody.
final class LoopDoor {
  private struct DoorRoute {
    var authentication: RouteAuthentication
    /// That a key may be for; none on Leanto's own pages, whatever a service is called.
    var service: String
    /// A page of Leanto's own.
    var isOwnPage: Bool
    /// The model's gate.
    var takesKeysAlone: Bool
    var publicPaths: PublicPaths
    /// Public paths that may become a websocket without credentials: those that the preset names for it.
    var publicUpgrades: PublicPaths
  }

  private let store: CredentialStore
  private let pool: HashingPool
  private let throttle: GuessThrottle
  private let answer: @Sendable (UInt64, AccessDecision) -> Void
  private let routes: [DoorRoute]
  private var verified = CredentialTable(capacity: 256)
  private var generation: UInt64 = 0
  private var names: [[UInt8]] = []
  private var sessions = LoopSessions()
  private var keys = KeyTable()
  /// When the use of a key was last told to all: not at every request.
  private var notedUses: [Int32: UInt32] = [:]

  init(
    _ store: CredentialStore, _ pool: HashingPool, _ throttle: GuessThrottle, routes: [Route],
    answer: @escaping @Sendable (_ ticket: UInt64, _ decision: AccessDecision) -> Void
  ) {
    self.store = store
    self.pool = pool
    self.throttle = throttle
    self.answer = answer
    self.routes = routes.map { route in
      let upgrades = route.publicPaths.filter { route.upgradePaths?.contains($0.path) ?? false }
      return DoorRoute(
        authentication: route.authentication, service: route.target == .local ? "" : route.service,
        isOwnPage: route.target == .local, takesKeysAlone: route.target == .model,
        publicPaths: PublicPaths(route.publicPaths + (route.target == .local ? Self.signInPaths : [])),
        publicUpgrades: PublicPaths(upgrades))
    }
  }

  private static let signInPaths = [SignInPath.login, SignInPath.logout].map { PublicPath(path: $0, isPrefix: false) }

  /// Also right for an answer that came from elsewhere since the last question.
  var userNames: [[UInt8]] {
    followChanges()
    return names
  }

  func decide(
    _ question: AccessQuestion, _ target: Span<UInt8>, _ authorization: Span<UInt8>, _ cookies: Span<UInt8>,
    _ apiKey: Span<UInt8>
  ) -> AccessDecision {
    // A question about no route is a mistake of ours: nobody gets in by it.
    guard routes.indices.contains(question.route) else { return .refuse }
    if routes[question.route].takesKeysAlone { return decideByKey(question, authorization, apiKey) }
    let gate = gate(question, target)
    guard gate != .open else { return AccessRules.decision(at: gate, with: .none) }
    followChanges()
    guard gate == .guarded else {
      return AccessRules.decision(at: gate, with: credentials(authorization, question, Asking(gate: gate)))
    }
    // A browser sends the password it knows along with a handshake that any page makes; SameSite does not cover that.
    if question.isUpgrade, question.source == .other, BasicCredentials.isBasic(authorization) { return .refuse }
    let session = cookies.count > 0 ? sessions.find(cookies, isSecure: question.isSecure, at: store.wallClock()) : nil
    var asking = Asking(gate: gate)
    asking.visitor = session.map { session in
      Visitor(
        identity: session.identity, isProven: AccessRules.isProven(question, isOwnPage: routes[question.route].isOwnPage))
    }
    switch APIKey.isOurs(apiKey) ? keyState(apiKey, question) : .none {
    case .right(let key): asking.visitor = Visitor(identity: key, isProven: true)
    case .outOfScope where asking.visitor == nil: return .refuse
    case .tooOften(let seconds) where asking.visitor == nil: return .wait(seconds: seconds)
    case .none, .outOfScope, .unknown, .tooOften: break
    }
    let refusal = AccessRules.refusal(sessions.signInMode, question.sender)
    let ban = asking.visitor == nil ? throttle.secondsLeft(of: question.client) : nil
    asking.mayHash = ban == nil
    let state = credentials(authorization, question, asking)
    let decision = AccessRules.decision(at: gate, with: state, visitor: asking.visitor, ban: ban, refusal: refusal)
    return sessions.withCookie(decision, session, isSecure: question.isSecure, at: store.wallClock)
  }

  /// At the model's gate, on every listener: a key and nothing else, once.
  private func decideByKey(
    _ question: AccessQuestion, _ authorization: Span<UInt8>, _ apiKey: Span<UInt8>
  ) -> AccessDecision {
    followChanges()
    // Which of two credentials counts is nobody's guess.
    guard authorization.count == 0 || apiKey.count == 0 else { return .malformed }
    if apiKey.count > 0 { return AccessRules.decision(atGateWith: keyState(apiKey, question)) }
    guard let token = APIKey.bearer(authorization) else { return .challenge }
    return AccessRules.decision(atGateWith: keyState(authorization.extracting(token), question))
  }

  /// Nil: all.
  func models(of user: Int32) -> Set<String>? { keys.models(of: user) }

  private func gate(_ question: AccessQuestion, _ target: Span<UInt8>) -> Gate {
    let route = routes[question.route]
    // A public path is one for requests: a connection that stays open needs to have been meant.
    let open = question.isUpgrade ? route.publicUpgrades : route.publicPaths
    return AccessRules.gate(question.listener, route.authentication, isPublic: open.contain(target))
  }

  private func followChanges() {
    let current = store.generation
    guard current != generation else { return }
    verified.removeAll()
    names = store.names
    sessions.use(store.sessions)
    keys = store.keys
    notedUses = [:]
    generation = current
  }

  /// What is known of a request apart from its credentials.
  private struct Asking {
    var gate: Gate
    var visitor: Visitor?
    var mayHash = true
    /// Whether wrong credentials let the request pass all the same: then they are remembered, and are no guess.
    var isFree: Bool { gate == .free || visitor != nil }
  }

  private func credentials(_ authorization: Span<UInt8>, _ question: AccessQuestion, _ asking: Asking) -> CredentialState {
    guard authorization.count > 0 else { return .none }
    if let token = APIKey.bearer(authorization), APIKey.isOurs(authorization.extracting(token)) {
      return CredentialState(keyState(authorization.extracting(token), question))
    }
    // Longer than any credentials that are read: not worth a hash either.
    guard BasicCredentials.isBasic(authorization), authorization.count <= Self.longestValue else { return .foreign }
    let key = store.key(of: authorization)
    if let entry = verified.find(key), entry.expires == 0 || entry.expires > store.now() { return .verified(entry.identity) }
    return lookUp(authorization, key, question, asking)
  }

  private func keyState(_ value: Span<UInt8>, _ question: AccessQuestion) -> KeyState {
    let now = store.wallClock()
    let key = keys.find(value)
    let state = KeyState(key, service: routes[question.route].service, verb: question.verb, now: now)
    guard let key, case .right(let identity) = state else { return state }
    if now >= (notedUses[identity.index] ?? 0) &+ 60 || notedUses[identity.index] == nil {
      notedUses[identity.index] = now
      store.noteUse(of: key.shown, at: now)
    }
    if let wait = key.meter?.take(at: store.now()) { return .tooOften(seconds: wait) }
    return state
  }

  /// Some clients put more than one space after the scheme.
  private static let longestValue = BasicCredentials.largestValue + 16
}

extension LoopDoor {
  private func lookUp(
    _ authorization: Span<UInt8>, _ key: CredentialKey, _ question: AccessQuestion, _ asking: Asking
  ) -> CredentialState {
    var buffer = InlineArray<512, UInt8>(repeating: 0)
    var decoded = buffer.mutableSpan
    defer { Sodium.wipe(&decoded) }
    guard case .found(let user, let password) = BasicCredentials.read(authorization, into: &decoded) else { return .foreign }
    let whole = decoded.span.extracting(0..<password.upperBound)
    // Some programs send a key as a password, or as a name.
    let isKey = APIKey.isOurs(whole.extracting(user)) || APIKey.isOurs(whole.extracting(password))
    // At a guarded gate only successes are cached: a wrong password is hashed each time.
    switch store.find(key, in: whole, user: user, password: password, remembersStrangers: asking.isFree) {
    case .verified(let identity, let expires):
      verified.insert(.init(key: key, identity: identity, expires: expires))
      return .verified(identity)
    case .stranger: return isKey ? .withheld : .stranger
    case .unchecked(let check):
      if asking.isFree, check.isGuess, !throttle.mayTryAside(question.client) { return .withheld }
      return asking.mayHash ? submit(check, question, asking, isKey) : .stranger
    }
  }

  private func submit(_ check: PasswordCheck, _ question: AccessQuestion, _ asking: Asking, _ isKey: Bool) -> CredentialState {
    let isQueued = pool.submit(check, of: question.client) { [answer, throttle, store] outcome in
      let ban = asking.isFree ? nil : throttle.note(outcome, of: check, from: question.client)
      var state = CredentialState(outcome)
      if asking.isFree {
        if outcome == .wrong { throttle.strikeAside(question.client, of: check) }
        if outcome == .refused || (state == .stranger && isKey) { state = .withheld }
      }
      let decision = AccessRules.decision(at: asking.gate, with: state, visitor: asking.visitor, ban: ban)
      answer(question.ticket, store.withCookie(decision, asking.visitor, isSecure: question.isSecure))
    }
    return isQueued ? .unchecked : .crowded
  }
}

extension CredentialStore {
  /// For somebody who has just signed in; `visitor` has his cookie.
  func withCookie(_ decision: AccessDecision, _ visitor: Visitor?, isSecure: Bool) -> AccessDecision {
    guard case .pass(let user?, let isOurs, nil) = decision, user != visitor?.identity.index else { return decision }
    let now = wallClock()
    let cookie = sessions.cookie(UserIdentity(index: user), begun: now, at: now, isSecure: isSecure)
    return .pass(user: user, isOurs: isOurs, setCookie: cookie)
  }
}

extension GuessThrottle {
  /// Counts what became of a check at a guarded gate. Returns seconds when the sender is told those instead.
  func note(_ outcome: CheckOutcome, of check: PasswordCheck, from client: ClientAddress) -> Int? {
    switch outcome {
    case .wrong: return check.isGuess ? strike(client, name: check.name, isKnown: check.identity != nil) : nil
    case .wrongTogether: return nil
    case .refused: return secondsLeft(of: client) ?? 1
    case .busy: return nil
    case .verified:
      if let seconds = secondsLeft(of: client) { return seconds }
      succeed(client, name: check.name)
      return nil
    }
  }
}

extension CredentialState {
  init(_ outcome: CheckOutcome) {
    self =
      switch outcome {
      case .verified(let identity): .verified(identity)
      case .wrong, .wrongTogether: .stranger
      case .busy, .refused: .crowded
      }
  }
}
