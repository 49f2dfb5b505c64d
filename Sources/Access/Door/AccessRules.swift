internal import Model

/// What a request is asked for, by where it came in and where it goes.
enum Gate: Sendable, Hashable, CaseIterable {
  /// Nothing, and nothing of ours can be in it: the stack's own services, the verbs of this binary.
  case open
  /// No credentials; but a browser may send the door's own all the same, and those must not reach the service.
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
  case verified(UserIdentity)
  /// Too many wait to be checked.
  case crowded
}

/// The policy itself: pure, the same for every engine. Sessions and keys become further credential states.
enum AccessRules {
  /// `isPublic`: the target's path is canonical and among the route's public paths.
  static func gate(_ listener: ListenerKind, _ authentication: RouteAuthentication, isPublic: Bool) -> Gate {
    switch listener {
    case .internal, .control: .open
    // Whatever the settings say: nothing opens the tunnel but a public path.
    case .tunnel: isPublic ? .free : .guarded
    case .local, .lan: isPublic || authentication == .none ? .free : .guarded
    }
  }

  /// `ban`: seconds for which the sender's address is refused whatever it sends, for the wrong passwords that came from it. Public
  /// paths stay open to it: many share an address with whoever guesses.
  static func decision(at gate: Gate, with credentials: CredentialState, ban: Int? = nil) -> AccessDecision {
    if let ban, gate == .guarded, credentials != .verified(.probe) { return .wait(seconds: ban) }
    return switch (gate, credentials) {
    case (.open, _): .pass(user: nil, isOurs: false)
    case (_, .unchecked): .pending
    case (_, .crowded): .busy
    // A webhook's caller has credentials of his own, for the service: they are kept.
    case (.free, .none), (.free, .foreign), (.free, .stranger): .pass(user: nil, isOurs: false)
    case (.free, .verified): .pass(user: nil, isOurs: true)
    case (.guarded, .none), (.guarded, .foreign), (.guarded, .stranger): .challenge
    case (.guarded, .verified(let user)): .pass(user: user.index, isOurs: true)
    }
  }
}
