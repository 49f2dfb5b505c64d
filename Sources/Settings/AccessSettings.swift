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

extension AccessSettings: SettingsSection {
  mutating func read(_ section: Section) {
    section.take("sign-in", into: &signIn, .choice)
    section.take("session", into: &session, .orNil(.duration(60...(365 * 86_400))))
    section.take("throttle", into: &throttle, .orNil(.section))
  }
}

extension AccessSettings.Throttle: SettingsSection {
  mutating func read(_ section: Section) {
    section.take("wrong", into: &wrong, .count(1...1000))
    section.take("within", into: &within, .duration(1...86_400))
    section.take("ban", into: &ban, .duration(1...(30 * 86_400)))
  }
}
