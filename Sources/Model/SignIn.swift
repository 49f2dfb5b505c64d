/// Where people sign in and out, at every host.
package enum SignInPath {
  package static let login = "/leanto/login"
  package static let logout = "/leanto/logout"
}

/// What became of a name and a password that were sent from the page.
package enum SignInResult: Sendable, Hashable {
  /// The value of the Set-Cookie field.
  case signedIn(cookie: [UInt8])
  case wrong
  /// Too many wrong passwords came from there.
  case wait(seconds: Int)
  /// Too many passwords wait for their check.
  case busy
  /// There are no sessions, so the page is of no use.
  case unavailable
}
