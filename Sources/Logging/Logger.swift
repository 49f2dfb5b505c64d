/// Constant sentences with values beside them. Levels and shape follow what Swift's logging API made common.
package struct Logger: Sendable {
  package enum Level: Int, Sendable, Comparable, CaseIterable {
    case debug, info, warning, error
    package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  package var label: String
  package var level: Level
  /// Gets each record that is at or above `level`.
  package var sink: @Sendable (_ level: Level, _ label: String, _ message: StaticString, _ metadata: [(String, String)]) -> Void

  package init(
    label: String, level: Level = .info,
    sink: @escaping @Sendable (_ level: Level, _ label: String, _ message: StaticString, _ metadata: [(String, String)]) -> Void
  ) {
    self.label = label
    self.level = level
    self.sink = sink
  }

  package func debug(_ message: StaticString, _ metadata: KeyValuePairs<String, String> = [:]) { log(.debug, message, metadata) }
  package func info(_ message: StaticString, _ metadata: KeyValuePairs<String, String> = [:]) { log(.info, message, metadata) }
  package func warning(_ message: StaticString, _ metadata: KeyValuePairs<String, String> = [:]) {
    log(.warning, message, metadata)
  }
  package func error(_ message: StaticString, _ metadata: KeyValuePairs<String, String> = [:]) { log(.error, message, metadata) }

  private func log(_ level: Level, _ message: StaticString, _ metadata: KeyValuePairs<String, String>) {
    guard level >= self.level else { return }
    sink(level, label, message, metadata.map { ($0.key, $0.value) })
  }
}
