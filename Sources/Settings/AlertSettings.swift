package struct AlertSettings: Sendable, Hashable {
  package enum Channel: Sendable, Hashable {
    case ntfy(url: String)
    case smtp(url: String, to: [String])
    case webhook(url: String)
  }

  package struct Rule: Sendable, Hashable {
    /// Nil: every severity.
    package var severity: String?
    package var to: [String]

    package init(severity: String?, to: [String]) {
      self.severity = severity
      self.to = to
    }
  }

  package var channels: [String: Channel] = [:]
  package var routes: [Rule] = []
  /// Seconds.
  package var reminder = 3600.0
  /// `HH:MM-HH:MM`; nil: never quiet.
  package var quiet: String?
  /// A URL to call; nil: off.
  package var heartbeat: String?

  package init() {}
}
