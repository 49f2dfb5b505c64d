import Model
import Testing

@testable import Access

@Suite("The rules of the door")
struct AccessRulesTests {
  static let asking: [ListenerKind] = [.local, .lan, .tunnel]

  @Test("ask nothing of the stack's own services and of our own verbs", arguments: [ListenerKind.internal, .control])
  func open(listener: ListenerKind) {
    for authentication in [RouteAuthentication.door, .none] {
      for isPublic in [true, false] { #expect(AccessRules.gate(listener, authentication, isPublic: isPublic) == .open) }
    }
    for state in CredentialState.samples {
      #expect(AccessRules.decision(at: .open, with: state) == .pass(user: nil, isOurs: false))
    }
  }

  @Test("let public paths through everywhere", arguments: asking)
  func publicPath(listener: ListenerKind) {
    #expect(AccessRules.gate(listener, .door, isPublic: true) == .free)
    #expect(AccessRules.gate(listener, .none, isPublic: true) == .free)
    #expect(AccessRules.gate(listener, .door, isPublic: false) == .guarded)
  }

  @Test("open a route without authentication on this machine and the local network, never on the tunnel")
  func withoutAuthentication() {
    #expect(AccessRules.gate(.local, .none, isPublic: false) == .free)
    #expect(AccessRules.gate(.lan, .none, isPublic: false) == .free)
    #expect(AccessRules.gate(.tunnel, .none, isPublic: false) == .guarded)
  }

  @Test(
    "at a guarded gate let only the verified pass",
    arguments: [
      (.none, .challenge), (.foreign, .challenge), (.stranger, .challenge), (.withheld, .challenge), (.unchecked, .pending),
      (.crowded, .busy),
      (.verified(UserIdentity(index: 3)), .pass(user: 3, isOurs: true)),
    ] as [(CredentialState, AccessDecision)])
  func guarded(state: CredentialState, decision: AccessDecision) {
    #expect(AccessRules.decision(at: .guarded, with: state) == decision)
  }

  @Test(
    "at a free gate keep what is not ours and strip what is",
    arguments: [
      (.none, .pass(user: nil, isOurs: false)), (.foreign, .pass(user: nil, isOurs: false)),
      (.stranger, .pass(user: nil, isOurs: false)), (.withheld, .pass(user: nil, isOurs: true)), (.unchecked, .pending),
      (.crowded, .busy),
      (.verified(UserIdentity(index: 3)), .pass(user: nil, isOurs: true)),
    ] as [(CredentialState, AccessDecision)])
  func free(state: CredentialState, decision: AccessDecision) {
    #expect(AccessRules.decision(at: .free, with: state) == decision)
  }
}

extension CredentialState {
  fileprivate static let samples: [CredentialState] = [
    .none, .foreign, .unchecked, .stranger, .withheld, .crowded, .verified(UserIdentity(index: 0)),
  ]
}
