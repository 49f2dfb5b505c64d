package struct AlertSettings: Sendable, Hashable {
  package enum Channel: Sendable, Hashable {
    case ntfy(url: String)
    case smtp(url: String, to: [String])
    case webhook(url: String)
  }

  package enum Severity: String, Sendable, CaseIterable { case info, warning, critical }

  package struct Rule: Sendable, Hashable {
    /// One of `Severity`. Nil: every severity.
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

extension AlertSettings: SettingsSection {
  mutating func read(_ section: Section) {
    section.take("channels", into: &channels, .channels)
    let rule = Form<Rule>.rule(among: channels.keys.sorted())
    section.take("routes", into: &routes, .list(rule, of: "routes such as { severity: critical, to: [phone] }"))
    // A reminder more often than that is noise.
    section.take("reminder", into: &reminder, .duration(300...(30 * 86_400)))
    section.take("quiet", into: &quiet, .orNil(.timeSpan))
    section.take("heartbeat", into: &heartbeat, .orNil(.webAddress))
  }
}

extension Form where Value == [String: AlertSettings.Channel] {
  fileprivate static var channels: Form {
    Form(expectation: "names with a channel each") { cursor, expectation in
      cursor.section(expectation).map { section in
        section.children.reduce(into: [:]) { channels, child in
          if isPlainName(child.name) {
            channels[child.name] = Form<AlertSettings.Channel>.channel.read(child.cursor)
          } else {
            child.cursor.problem("should be \(Form<String>.plainName.expectation)")
          }
        }
      }
    }
  }
}

extension Form where Value == AlertSettings.Channel {
  fileprivate static var channel: Form {
    Form(expectation: "{ ntfy: address }, { webhook: address } or { smtp: address, to: [...] }") { cursor, expectation in
      cursor.reading(expectation) { section in
        var (ntfy, webhook, smtp): (String?, String?, String?)
        var to: [String] = []
        section.take("ntfy", into: &ntfy, .webAddress)
        section.take("webhook", into: &webhook, .webAddress)
        section.take("smtp", into: &smtp, .mailServer)
        section.take("to", into: &to, .list(.mailbox, of: "mail addresses"))
        guard ["ntfy", "webhook", "smtp"].count(where: section.has) == 1, section.has("smtp") == section.has("to") else {
          cursor.problem("should be \(expectation)")
          return nil
        }
        return ntfy.map { .ntfy(url: $0) } ?? webhook.map { .webhook(url: $0) } ?? smtp.map { .smtp(url: $0, to: to) }
      }
    }
  }
}

extension Form where Value == AlertSettings.Rule {
  fileprivate static func rule(among channels: [String]) -> Form {
    Form(expectation: "{ severity: critical, to: [...] }") { cursor, expectation in
      cursor.reading(expectation) { section in
        var severity: AlertSettings.Severity?
        var to: [String] = []
        section.take("severity", into: &severity, .choice)
        section.take("to", into: &to, .list(.name(of: "channel", among: channels), of: "channels"))
        if !section.has("to") { cursor.problem("needs `to`, a list of channels") }
        return AlertSettings.Rule(severity: severity?.rawValue, to: to)
      }
    }
  }
}

extension Form where Value == String {
  /// `23:00-07:00`; it may go over midnight.
  fileprivate static var timeSpan: Form {
    .scalar("a time such as \"23:00-07:00\"") { text in
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      return parts.count == 2 && parts.allSatisfy(isTimeOfDay) && parts[0] != parts[1] ? text : nil
    }
  }

  /// Never shown: people write passwords into it.
  fileprivate static var mailServer: Form {
    .scalar("a mail server such as smtps://user@mail.example.com") { text throws(Complaint) in
      guard let scheme = ["smtps://", "smtp://"].first(where: text.hasPrefix), text.utf8.count > scheme.utf8.count else {
        throw Complaint("should be a mail server such as smtps://user@mail.example.com")
      }
      let user = text.dropFirst(scheme.count).split(separator: "@", omittingEmptySubsequences: false).dropLast().joined(
        separator: "@")
      if user.contains(":") { throw Complaint("holds a password: keep it in secrets/, and write only the user here") }
      return text
    }
  }

  fileprivate static var mailbox: Form {
    .scalar("a mail address such as me@example.com") { text in
      let parts = text.split(separator: "@", omittingEmptySubsequences: false)
      return parts.count == 2 && !parts[0].isEmpty && Settings.hostName(parts[1]) != nil ? text : nil
    }
  }
}
