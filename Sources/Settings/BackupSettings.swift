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

extension BackupSettings: SettingsSection {
  mutating func read(_ section: Section) {
    section.take("to", into: &to, .text("a folder or a repository such as s3:..., sftp:... or rest:..."))
    section.take("at", into: &at, .timeOfDay)
    section.take("keep", into: &keep, .section)
    section.take("rehearse", into: &rehearse, .choice)
  }
}

extension BackupSettings.Keep: SettingsSection {
  mutating func read(_ section: Section) {
    section.take("daily", into: &daily, .count(0...10_000))
    section.take("weekly", into: &weekly, .count(0...10_000))
    section.take("monthly", into: &monthly, .count(0...10_000))
    guard daily == 0, weekly == 0, monthly == 0 else { return }
    section.cursor.problem("should keep at least one of daily, weekly or monthly")
  }
}

extension UpdateSettings: SettingsSection {
  mutating func read(_ section: Section) {
    section.take("apply", into: &apply, .choice)
    section.take("at", into: &at, .timeOfWeek)
    section.take("wait", into: &wait, .duration(0...(365 * 86_400)))
  }
}

extension Form where Value == String {
  /// `Sun 04:00`.
  fileprivate static var timeOfWeek: Form {
    .scalar("a day and a time such as \"Sun 04:00\"") { text in
      let parts = text.split(separator: " ", omittingEmptySubsequences: false)
      let days: [Substring] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
      return parts.count == 2 && days.contains(parts[0]) && isTimeOfDay(parts[1]) ? text : nil
    }
  }
}
