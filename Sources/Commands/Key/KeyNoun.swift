import CommandLineParser
import Model

/// `leanto key`: the programs that may enter.
enum KeyNoun {
  static let verb = Verb(
    "key", "Which programs may enter: add, list, revoke a key", section: "Access",
    discussion: "A program sends its key as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'. Changes are live at once.")
  static let commands: [any Command.Type] = [KeyAddCommand.self, KeyListCommand.self, KeyRevokeCommand.self]

  static let key = Argument("NAME", "How the key is called in lists and records")

  static func isName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
      }
  }
}

/// Seconds as people say them, to the largest unit that fits.
enum SpanOfTime {
  static func words(_ seconds: Double) -> String {
    let units: [(each: Double, name: String)] = [(86_400, "d"), (3600, "h"), (60, "min")]
    guard let unit = units.first(where: { seconds >= $0.each }) else { return "\(Int(max(0, seconds))) s" }
    return "\(Int(seconds / unit.each)) \(unit.name)"
  }

  /// `90d`, `12h`, `30m`, `10s` in seconds.
  static func seconds(_ text: String) -> Double? {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }), let number = Int(text.dropLast()), (1...1_000_000).contains(number) else {
      return nil
    }
    return Double(number) * unit
  }
}
