/// Text set to a width.
package enum Paragraphs {
  package static let width = 80

  /// Lines of at most `width` characters. A word that is longer than that stands alone on a line of its own length.
  package static func wrap(_ text: some StringProtocol, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? lines : lines + [line]
  }

  /// The paragraphs of a text: what stands between its empty lines.
  static func split(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .split(whereSeparator: \.isEmpty)
      .map { $0.joined(separator: "\n") }
  }

  /// Paragraphs set to the width, with empty lines between them.
  static func fill(_ text: String) -> String {
    split(text).map { wrap($0, width: width).joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  /// Labels at the left, their meanings wrapped at the right.
  static func definitions(_ items: [(label: String, meaning: String)]) -> String {
    let column = min(28, (items.map(\.label.count).max() ?? 0) + 4)
    let indent = String(repeating: " ", count: column)
    return items.map { item in
      let label = "  " + item.label
      let start = label.count + 2 <= column ? label + indent.dropFirst(label.count) : label + "\n" + indent
      return start + wrap(item.meaning, width: width - column).joined(separator: "\n" + indent) + "\n"
    }.joined()
  }
}
