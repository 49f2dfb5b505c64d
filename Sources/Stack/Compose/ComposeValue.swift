/// A value of a compose file: what YAML has, in the order in which it was put.
indirect enum ComposeValue: Sendable, Hashable {
  case text(String)
  case number(Int)
  case flag(Bool)
  case list([ComposeValue])
  case map([(String, ComposeValue)])

  static func == (left: Self, right: Self) -> Bool { left.lines == right.lines }
  func hash(into hasher: inout Hasher) { hasher.combine(lines) }

  static func texts(_ texts: [String]) -> Self { .list(texts.map(Self.text)) }
  static func sorted(_ texts: [String: String]) -> Self {
    .map(texts.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })
  }

  var isEmpty: Bool {
    switch self {
    case .list(let items): items.isEmpty
    case .map(let pairs): pairs.isEmpty
    default: false
    }
  }
}

extension ComposeValue {
  /// As block YAML, a line each, without indentation of the first level.
  var lines: [String] {
    switch self {
    case .map(let pairs): pairs.flatMap { Self.lines(Self.plainOrQuoted($0.0) + ":", $0.1) }
    case .list(let items): items.flatMap(Self.item)
    default: [scalar]
    }
  }

  private static func lines(_ head: String, _ value: Self) -> [String] {
    if value.isEmpty { return [head + (value.isList ? " []" : " {}")] }
    switch value {
    case .map, .list: return [head] + value.lines.map { "  " + $0 }
    default: return [head + " " + value.scalar]
    }
  }

  private static func item(_ value: Self) -> [String] {
    guard case .map = value else { return ["- " + value.scalar] }
    let lines = value.lines
    return ["- " + (lines.first ?? "{}")] + lines.dropFirst().map { "  " + $0 }
  }

  private var isList: Bool { if case .list = self { true } else { false } }

  private var scalar: String {
    switch self {
    case .text(let text): Self.quoted(text)
    case .number(let number): "\(number)"
    case .flag(let flag): flag ? "true" : "false"
    case .list, .map: lines.joined(separator: "\n")
    }
  }

  /// In double quotes (YAML 1.2, 7.3.1), because `no`, `1.0` and `5678:5678` mean something else without; `$` doubled, because
  /// Compose replaces `$NAME` (compose-spec, 12-interpolation).
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "$": result += "$$"
      case "\"", "\\": result += "\\" + String(scalar)
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        result += "\\x" + (digits.count < 2 ? "0" : "") + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func plainOrQuoted(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: false
      }
    }
    // Words that YAML 1.1 readers take for something else, and numbers.
    let isWord = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"].contains(name.lowercased())
    return isPlain && !isWord && !(name.utf8.first.map { $0 < 0x3A } ?? true) ? name : quoted(name)
  }
}
