/// What a value may be: checked when it is parsed, offered by completions.
package enum ValueKind: Sendable, Hashable {
  case text
  case integer(ClosedRange<Int>)
  case oneOf([String])
  case file
  case directory

  /// What the value should have been; nil when it is right.
  func problem(with text: String) -> String? {
    switch self {
    case .text: nil
    case .file, .directory: text.isEmpty ? "a path" : nil
    case .integer(let range): Int(text).map(range.contains) == true ? nil : Self.describe(range)
    case .oneOf(let choices): choices.contains(text) ? nil : "one of: " + choices.joined(separator: ", ")
    }
  }

  private static func describe(_ range: ClosedRange<Int>) -> String {
    range.upperBound == .max
      ? "a whole number from \(range.lowerBound)" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
  }

  var choices: [String] {
    if case .oneOf(let choices) = self { choices } else { [] }
  }
}
