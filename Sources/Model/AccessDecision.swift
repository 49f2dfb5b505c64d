/// What the door is asked about one request, apart from its bytes.
package struct AccessQuestion: Sendable {
  package var listener: ListenerKind
  /// Index into the routes that the door was made for.
  package var route: Int
  /// Names the request, so that an answer that comes later finds it.
  package var ticket: UInt64
  package var client: ClientAddress
  package var isUpgrade: Bool

  package init(listener: ListenerKind, route: Int, ticket: UInt64, client: ClientAddress, isUpgrade: Bool) {
    self.listener = listener
    self.route = route
    self.ticket = ticket
    self.client = client
    self.isUpgrade = isUpgrade
  }
}

/// The client's true address: 16 bytes, IPv4 mapped into IPv6. All zero: a unix socket.
package struct ClientAddress: Sendable, Hashable {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

package enum AccessDecision: Sendable, Hashable {
  /// `user` is an index into the door's user names, nil on a public path or an open listener. `isOurs`: the Authorization field
  /// holds the door's own credentials and must not reach the service.
  case pass(user: Int32?, isOurs: Bool)
  /// 401 with a challenge.
  case challenge
  /// 400: the credentials are not well formed enough to be read one way only.
  case malformed
  /// 403.
  case refuse
  /// 429.
  case wait(seconds: Int)
  /// 503: more passwords wait for their check than may.
  case busy
  /// The answer comes later, through the function that the door was made with, under the request's ticket.
  case pending
}

/// One event loop's way to ask the policy. Made on the loop and used only there.
package struct Door {
  /// `target`: the request target as received. `authorization`: the value of the one Authorization field, empty without one.
  package var decide: (_ question: AccessQuestion, _ target: Span<UInt8>, _ authorization: Span<UInt8>) -> AccessDecision
  private let currentUserNames: () -> [[UInt8]]
  /// By the index that a decision names. Grows while the door is in use; an index once given keeps its name.
  package var userNames: [[UInt8]] { currentUserNames() }

  package init(
    userNames: @escaping @autoclosure () -> [[UInt8]],
    decide: @escaping (_ question: AccessQuestion, _ target: Span<UInt8>, _ authorization: Span<UInt8>) -> AccessDecision
  ) {
    currentUserNames = userNames
    self.decide = decide
  }
}

/// Makes a door on an event loop. `answer` may be called from any thread, once for each ticket that was left pending.
package typealias DoorMaker =
  @Sendable (_ routes: [Route], _ answer: @escaping @Sendable (_ ticket: UInt64, _ decision: AccessDecision) -> Void) -> Door
