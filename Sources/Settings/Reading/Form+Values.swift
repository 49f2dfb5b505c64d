extension Form where Value == String {
  static func text(_ expectation: String) -> Form {
    .scalar(expectation) { $0.isEmpty ? nil : $0 }
  }

  /// Lower-case letters, digits and hyphens.
  static var plainName: Form {
    .scalar("a name of lower-case letters, digits and inner hyphens, 40 at most") { isPlainName($0) ? $0 : nil }
  }

  /// One of the names that stand elsewhere in the file.
  static func name(of thing: String, among names: [String]) -> Form {
    .scalar("the name of a \(thing)") { text throws(Complaint) in
      if names.contains(text) { return text }
      throw .should("name a \(thing)", hint: suggestion(for: text, among: names))
    }
  }

  static var hostName: Form {
    .scalar("a host name such as lean-example.ngrok-free.app, without https:// and path") { Settings.hostName($0) }
  }

  /// `03:30`, on the 24-hour clock.
  static var timeOfDay: Form {
    .scalar("a time of the day from \"00:00\" to \"23:59\"") { isTimeOfDay($0) ? $0 : nil }
  }
}

/// `HH:MM`.
func isTimeOfDay(_ text: some StringProtocol) -> Bool {
  let parts = text.split(separator: ":", omittingEmptySubsequences: false)
  guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }) else { return false }
  guard let hour = Quantity.count(parts[0]), let minute = Quantity.count(parts[1]) else { return false }
  return hour < 24 && minute < 60
}

extension Form where Value == Bool {
  static var onOff: Form {
    .scalar("on or off") { text in
      switch switchWord(text) {
      case "on": true
      case "off": false
      default: nil
      }
    }
  }
}

extension Form where Value == Int {
  static func count(_ range: ClosedRange<Int>) -> Form {
    .scalar("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
      Quantity.count(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// Bytes.
  static func size(_ range: ClosedRange<Int>) -> Form {
    .scalar("a size such as 64KiB, 200MiB or 2GiB") { text throws(Complaint) in
      guard let bytes = Quantity.size(text) else { return nil }
      if range.contains(bytes) { return bytes }
      let (least, most) = (Quantity.describe(bytes: range.lowerBound), Quantity.describe(bytes: range.upperBound))
      throw .should("be from \(least) to \(most)")
    }
  }
}

extension Form where Value == UInt16 {
  static var port: Form {
    .scalar("a port from 1 to 65535") { Settings.port($0) }
  }
}

func port(_ text: some StringProtocol) -> UInt16? {
  Quantity.count(text).flatMap { UInt16(exactly: $0) }.flatMap { $0 > 0 ? $0 : nil }
}

extension Form where Value == Double {
  /// Seconds.
  static func duration(_ range: ClosedRange<Double> = 0.001...(365 * 86_400)) -> Form {
    .scalar("a duration such as 10s, 5m, 12h or 30d") { text throws(Complaint) in
      guard let seconds = Quantity.duration(text) else { return nil }
      if range.contains(seconds) { return seconds }
      let (least, most) = (Quantity.describe(seconds: range.lowerBound), Quantity.describe(seconds: range.upperBound))
      throw .should("be from \(least) to \(most)")
    }
  }
}

extension Form where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of the words of `Value`.
  static var choice: Form {
    let words = Value.allCases.map(\.rawValue)
    let expectation = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    return .scalar(expectation) { text throws(Complaint) in
      if let value = Value(rawValue: text) ?? Value(rawValue: switchWord(text)) { return value }
      guard let near = nearestName(to: text, in: words) else { return nil }
      throw .should("be \(expectation)", hint: "did you mean \(near)?")
    }
  }
}
