/// What the door is asked about one request, apart from its bytes.
package struct AccessQuestion: Sendable {
  package var listener: ListenerKind
  /// Index into the routes that the door was made for.
  package var route: Int
  /// Names the request, so that an answer that comes later finds it.
  package var ticket: UInt64
  package var client: ClientAddress
  package var isUpgrade: Bool
  /// The client speaks https, as far as is known.
  package var isSecure: Bool
  /// The method changes nothing: GET, HEAD, OPTIONS.
  package var isSafe: Bool
  /// Asked only where it matters: a handshake with credentials, and an unsafe method that comes with a session's cookie.
  package var source: RequestSource
  package var sender: RequestSender
  /// Asked only where something may be a key.
  package var verb: RequestVerb

  package init(
    listener: ListenerKind, route: Int, ticket: UInt64, client: ClientAddress, isUpgrade: Bool, isSecure: Bool = false,
    isSafe: Bool = true, source: RequestSource = .unknown, sender: RequestSender = .program,
    verb: RequestVerb = .other
  ) {
    self.listener = listener
    self.route = route
    self.ticket = ticket
    self.client = client
    self.isUpgrade = isUpgrade
    self.isSecure = isSecure
    self.isSafe = isSafe
    self.source = source
    self.sender = sender
    self.verb = verb
  }
}

/// The methods that a key can be limited to.
package enum RequestVerb: UInt8, Sendable, Hashable, CaseIterable {
  case get, head, post, put, patch, delete, options, other
}

/// Who would read the door's answer to a request without Authorization.
package enum RequestSender: Sendable, Hashable, CaseIterable {
  /// Or nobody knows.
  case program
  /// A person, in place of the page that was asked for.
  case person
  /// A script, or the like, of a page that is open in a browser.
  case page
}

/// What a browser says of where a request comes from (Origin, Sec-Fetch-Site).
package enum RequestSource: Sendable, Hashable, CaseIterable {
  case unknown, same, other
}

/// The cookies that hold a session: the door's own, which no service ever gets.
package enum SessionCookie {
  /// On https: a browser takes it only with Secure, for this very host and `/`.
  package static let secureName = "__Host-leanto"
  package static let plainName = "leanto-session"
  package static let names = [secureName, plainName]
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
  /// holds the door's own credentials and must not reach the service. `setCookie`: the value of a Set-Cookie field for the answer.
  case pass(user: Int32?, isOurs: Bool, setCookie: [UInt8]? = nil)
  /// 401 with a challenge.
  case challenge
  /// 401 with a challenge at which no browser opens a box of its own.
  case challengeQuietly
  /// 302 to the sign-in page, and from there back.
  case signIn
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
  package typealias Decide = (
    _ question: AccessQuestion, _ target: Span<UInt8>, _ authorization: Span<UInt8>, _ cookies: Span<UInt8>,
    _ apiKey: Span<UInt8>
  ) -> AccessDecision

  /// `target`: the request target as received. `authorization`: the value of the one Authorization field, empty without one.
  /// `cookies`: the value of the first Cookie field that holds one of `SessionCookie.names`, empty without one.
  /// `apiKey`: the value of the X-API-Key field, empty without one. What is meant as a key of ours there never reaches a service.
  package var decide: Decide
  /// The models that a user, by the index that a decision names, may use. Nil: all.
  package var models: (_ user: Int32) -> Set<String>?
  private let currentUserNames: () -> [[UInt8]]
  /// By the index that a decision names. Grows while the door is in use; an index once given keeps its name.
  package var userNames: [[UInt8]] { currentUserNames() }

  package init(
    userNames: @escaping @autoclosure () -> [[UInt8]], models: @escaping (_ user: Int32) -> Set<String>? = { _ in nil },
    decide: @escaping Decide
  ) {
    currentUserNames = userNames
    self.models = models
    self.decide = decide
  }
}

/// Makes a door on an event loop. `answer` may be called from any thread, once for each ticket that was left pending.
package typealias DoorMaker =
  @Sendable (_ routes: [Route], _ answer: @escaping @Sendable (_ ticket: UInt64, _ decision: AccessDecision) -> Void) -> Door
