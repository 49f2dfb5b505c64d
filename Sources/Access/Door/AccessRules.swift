internal import Model

/// What a request is asked for, by where it came in and where it goes.
enum Gate: Sendable, Hashable, CaseIterable {
  /// Nothing, and nothing of ours can be in it: the stack's own services, the verbs of this binary.
  case open
  /// No credentials; but a browser may send the door's own all the same, and those must not reach the service, while a webhook's
  /// caller may send his, and those must. Only the check tells them apart: it is made once for each value, and for unknown names
  /// too, or the time taken would tell who is a user here.
  case free
  case guarded
}

/// What is known of a request's credentials.
enum CredentialState: Sendable, Hashable {
  case none
  /// Not the door's kind: another scheme, or not readable in one way only. Such a value never opened the door.
  case foreign
  /// Well-formed, and not in a cache: only hashing can tell.
  case unchecked
  /// Checked: nobody's here.
  case stranger
  /// Not checked, for its sender tried too many where that costs him nothing: nobody gets it, and nobody learns what it was.
  case withheld
  case verified(UserIdentity)
  /// Too many wait to be checked.
  case crowded
  /// A key of ours that opens this.
  case key(UserIdentity)
  /// A key of ours that opens something else.
  case keyOutOfScope
  /// Meant as a key of ours: there is none such, or it is over.
  case keyUnknown
  /// A key of ours that opens this, used more often than it may be.
  case keyTooOften(seconds: Int)
}

/// The policy itself: pure, the same for every engine.
enum AccessRules {
  /// `isPublic`: the target's path is canonical and among the route's public paths.
  static func gate(_ listener: ListenerKind, _ authentication: RouteAuthentication, isPublic: Bool) -> Gate {
    switch listener {
    case .internal, .control: .open
    // Whatever the settings say: nothing opens the tunnel but a public path.
    // An engine names the listener that it asks for; the door is never asked about the engine's own.
    case .tunnel, .engine: isPublic ? .free : .guarded
    case .local, .lan: isPublic || authentication == .none ? .free : .guarded
    }
  }

  /// `visitor`: whose session the request's cookie is. `ban`: seconds for which the sender's address is refused whatever it sends,
  /// for the wrong passwords that came from it; public paths stay open to it, as do sessions: many share an address with whoever
  /// guesses.
  ///
  /// `refusal`: what is told to whoever has no right credentials.
  static func decision(
    at gate: Gate, with credentials: CredentialState, visitor: Visitor? = nil, ban: Int? = nil,
    refusal: AccessDecision = .challenge
  ) -> AccessDecision {
    if gate == .guarded, let visitor { return decision(with: credentials, visitor) }
    if let ban, gate == .guarded, credentials.isThrottled { return .wait(seconds: ban) }
    return switch (gate, credentials) {
    case (.open, _): .pass(user: nil, isOurs: false)
    case (_, .unchecked): .pending
    case (_, .crowded): .busy
    // A webhook's caller has credentials of his own, for the service: they are kept.
    case (.free, .none), (.free, .foreign), (.free, .stranger): .pass(user: nil, isOurs: false)
    case (.free, .verified), (.free, .withheld), (.free, .key), (.free, .keyOutOfScope), (.free, .keyUnknown),
      (.free, .keyTooOften):
      .pass(user: nil, isOurs: true)
    case (.guarded, .keyTooOften(let seconds)): .wait(seconds: seconds)
    case (.guarded, .none), (.guarded, .foreign), (.guarded, .stranger), (.guarded, .withheld), (.guarded, .keyUnknown): refusal
    case (.guarded, .keyOutOfScope): .refuse
    case (.guarded, .key(let key)): .pass(user: key.index, isOurs: true)
    case (.guarded, .verified(let user)): .pass(user: user.index, isOurs: true)
    }
  }

  /// A session is enough, so that what is in Authorization can be the service's own; only what is ours is kept from it.
  private static func decision(with credentials: CredentialState, _ visitor: Visitor) -> AccessDecision {
    switch credentials {
    case .unchecked: .pending
    case .crowded: .busy
    case .verified(let user), .key(let user): .pass(user: user.index, isOurs: true)
    case .keyOutOfScope: .refuse
    case .keyTooOften(let seconds): .wait(seconds: seconds)
    case .none, .foreign, .stranger, .withheld, .keyUnknown:
      // A browser sends the cookie along with what any page makes it send.
      visitor.isProven
        ? .pass(user: visitor.identity.index, isOurs: credentials == .keyUnknown || credentials == .withheld) : .refuse
    }
  }

  /// Where nothing but a key opens.
  static func decision(atGateWith key: KeyState) -> AccessDecision {
    switch key {
    case .none, .unknown: .challenge
    case .outOfScope: .refuse
    case .tooOften(let seconds): .wait(seconds: seconds)
    case .right(let identity): .pass(user: identity.index, isOurs: true)
    }
  }

  /// Whether a request that comes with a session's cookie has to show that it comes from a page of this host: handshakes of
  /// websockets, which SameSite does not cover everywhere, and what changes something on Leanto's own pages.
  static func isProven(_ question: AccessQuestion, isOwnPage: Bool) -> Bool {
    let needsProof = question.isUpgrade || (isOwnPage && !question.isSafe)
    return needsProof ? question.source == .same : true
  }
}

extension CredentialState {
  /// A ban is for those who guess at passwords; nobody guesses a key.
  fileprivate var isThrottled: Bool {
    switch self {
    case .verified(let user): user != .probe
    case .key, .keyOutOfScope, .keyTooOften: false
    default: true
    }
  }

  init(_ key: KeyState) {
    self =
      switch key {
      case .none: .foreign
      case .right(let identity): .key(identity)
      case .outOfScope: .keyOutOfScope
      case .unknown: .keyUnknown
      case .tooOften(let seconds): .keyTooOften(seconds: seconds)
      }
  }
}

extension AccessRules {
  /// How somebody without Authorization is asked to sign in: a person by the page, everything else by a challenge; where there is only
  /// the page, by one at which no browser opens its own box.
  static func refusal(_ mode: SignInMode, _ sender: RequestSender) -> AccessDecision {
    switch (mode, sender) {
    // With both, a browser may open its own box: who would rather have the page finds it at /leanto/login.
    case (.basic, _), (.both, _), (.page, .program): .challenge
    case (.page, .person): .signIn
    case (.page, .page): .challengeQuietly
    }
  }
}

/// By what people sign in. Basic Auth is taken in any case; this is about what they are asked for.
enum SignInMode: Sendable, Hashable, CaseIterable { case basic, page, both }

/// Whoever comes with a session, or with a key in a field of its own: what is in Authorization may be the service's.
struct Visitor: Sendable, Hashable {
  var identity: UserIdentity
  var isProven: Bool
}
