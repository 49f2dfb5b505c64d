/// How a record is written: one line, whatever is in it.
package enum LogFormat: Sendable {
  /// `2026-11-24T08:00:00Z info  label: sentence key=value`
  case text
  /// `{"time":"2026-11-24T08:00:00Z","level":"info","label":"label","message":"sentence","key":"value"}`
  case json
  /// `<6>label: sentence key=value`: the journal knows the time, and takes the level from the number (sd-daemon(3)).
  case journal

  /// The longest value that is written whole, in bytes: one record never fills a disk.
  static let longestValue = 4096

  /// The line with its newline. `time`: seconds since 1970.
  package func line(
    time: Int, level: Logger.Level, label: String, message: StaticString, metadata: [(String, String)]
  ) -> [UInt8] {
    var line = [UInt8]()
    switch self {
    case .text, .journal:
      let start = self == .text ? "\(Self.timestamp(time)) \(level.padded) " : "<\(level.priority)>"
      line.append(contentsOf: "\(start)\(label): \(message)".utf8)
      for (key, value) in metadata {
        line.append(contentsOf: " \(key)=".utf8)
        Self.append(value, to: &line, quoted: !Self.isPlain(value))
      }
    case .json:
      line.append(contentsOf: #"{"time":"\#(Self.timestamp(time))","level":"\#(level)""#.utf8)
      for (key, value) in [("label", label), ("message", "\(message)")] + metadata {
        line.append(UInt8(ascii: ","))
        Self.append(key, to: &line, quoted: true)
        line.append(UInt8(ascii: ":"))
        Self.append(value, to: &line, quoted: true)
      }
      line.append(UInt8(ascii: "}"))
    }
    line.append(UInt8(ascii: "\n"))
    return line
  }

  private static func isPlain(_ value: String) -> Bool {
    !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
  }

  /// Writes `value` as JSON would, so that no value can start a line of its own or colour a terminal.
  private static func append(_ value: String, to line: inout [UInt8], quoted: Bool) {
    if quoted { line.append(UInt8(ascii: "\"")) }
    for scalar in shortened(value).unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5c: line.append(contentsOf: [0x5c, UInt8(scalar.value)])
      case 0x0a: line.append(contentsOf: #"\n"#.utf8)
      case 0x0d: line.append(contentsOf: #"\r"#.utf8)
      case 0x09: line.append(contentsOf: #"\t"#.utf8)
      case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029:
        let digits = String(scalar.value, radix: 16)
        line.append(contentsOf: #"\u"#.utf8)
        line.append(contentsOf: String(repeating: "0", count: 4 - digits.count).utf8)
        line.append(contentsOf: digits.utf8)
      default: line.append(contentsOf: String(scalar).utf8)
      }
    }
    if quoted { line.append(UInt8(ascii: "\"")) }
  }

  private static func shortened(_ value: String) -> String {
    guard value.utf8.count > longestValue else { return value }
    return String(decoding: value.utf8.prefix(longestValue), as: UTF8.self) + "..."
  }

  /// RFC 3339 in UTC. The calendar's arithmetic is exact for every day after 1970 (eras of 400 years, years from March on).
  static func timestamp(_ time: Int) -> String {
    let (days, second) = time.quotientAndRemainder(dividingBy: 86400)
    let shifted = days + 719_468
    let (era, dayOfEra) = shifted.quotientAndRemainder(dividingBy: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let clock = [second / 3600, second / 60 % 60, second % 60].map(twoDigits).joined(separator: ":")
    return "\(year)-\(twoDigits(month))-\(twoDigits(day))T\(clock)Z"
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension Logger.Level {
  /// Nil when `name` is none of debug, info, warning, error.
  package init?(name: some StringProtocol) {
    guard let level = Self.allCases.first(where: { "\($0)" == name.lowercased() }) else { return nil }
    self = level
  }

  /// As syslog counts.
  fileprivate var priority: Int {
    switch self {
    case .debug: 7
    case .info: 6
    case .warning: 4
    case .error: 3
    }
  }

  /// As wide as `error`, so that most lines stand in columns.
  fileprivate var padded: String {
    let name = "\(self)"
    return name + String(repeating: " ", count: max(0, 5 - name.utf8.count))
  }
}
