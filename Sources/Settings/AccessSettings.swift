package struct AccessSettings: Sendable, Hashable {
  package enum SignIn: String, Sendable, CaseIterable { case basic, page, both }

  package struct Throttle: Sendable, Hashable {
    package var wrong = 5
    /// Seconds.
    package var within = 600.0
    package var ban = 600.0

    package init() {}
  }

  package var signIn = SignIn.both
  /// Seconds, sliding. Nil: off.
  package var session: Double? = 12 * 3600
  /// Nil: off.
  package var throttle: Throttle? = Throttle()

  package init() {}
}
