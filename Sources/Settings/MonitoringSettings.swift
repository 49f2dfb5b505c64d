package struct MonitoringSettings: Sendable, Hashable {
  package enum Query: String, Sendable, CaseIterable { case redacted, full, off }
  package enum Metrics: String, Sendable, CaseIterable { case off, token }

  package struct AccessLog: Sendable, Hashable {
    /// Seconds.
    package var keep = 30 * 86400.0
    /// Bytes.
    package var size = 2 * 1024 * 1024 * 1024
    package var json = false
    package var query = Query.redacted

    package init() {}
  }

  /// Seconds.
  package var interval = 10.0
  package var downAfter = 3
  package var upAfter = 2
  package var accessLog = AccessLog()
  package var metrics = Metrics.off

  package init() {}
}

extension MonitoringSettings: SettingsSection {
  mutating func read(_ section: Section) {
    section.take("interval", into: &interval, .duration(1...86_400))
    section.take("down-after", into: &downAfter, .count(1...1000))
    section.take("up-after", into: &upAfter, .count(1...1000))
    section.take("access-log", into: &accessLog, .section)
    section.take("metrics", into: &metrics, .choice)
  }
}

extension MonitoringSettings.AccessLog: SettingsSection {
  mutating func read(_ section: Section) {
    section.take("keep", into: &keep, .duration(3600...(3650 * 86_400)))
    section.take("size", into: &size, .size((1 << 20)...(1 << 40)))
    section.take("json", into: &json, .onOff)
    section.take("query", into: &query, .choice)
  }
}
