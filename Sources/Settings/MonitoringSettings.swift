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
