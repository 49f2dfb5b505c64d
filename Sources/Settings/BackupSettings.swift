package struct BackupSettings: Sendable, Hashable {
  package enum Rehearsal: String, Sendable, CaseIterable { case off, weekly, monthly }

  package struct Keep: Sendable, Hashable {
    package var daily = 7
    package var weekly = 4
    package var monthly = 6

    package init() {}
  }

  package var to = "backups"
  /// `HH:MM`.
  package var at = "03:30"
  package var keep = Keep()
  package var rehearse = Rehearsal.weekly

  package init() {}
}

package struct UpdateSettings: Sendable, Hashable {
  package enum Apply: String, Sendable, CaseIterable { case off, security, all }

  package var apply = Apply.off
  package var at = "Sun 04:00"
  /// Seconds.
  package var wait = 3 * 86400.0

  package init() {}
}
