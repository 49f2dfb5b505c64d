import CommandLineParser

/// Columns that fit a terminal: the widest gives way, its cells go on in the next line.
struct TextTable {
  struct Cell {
    var text: String
    var colour: Style.Colour?

    init(_ text: String, _ colour: Style.Colour? = nil) {
      self.text = Visible.text(text)
      self.colour = colour
    }
  }

  var header: [String]
  var rows: [[Cell]]
  var width = Paragraphs.width

  func text(_ style: Style) -> String {
    let widths = columnWidths
    let head = header.map { Cell($0, .bold) }
    return ([head] + rows).map { line($0, widths, style) }.joined()
  }

  /// Two spaces stand between columns. Where there are too many, words are kept whole as long as that is possible: addresses are
  /// there to be copied.
  private var columnWidths: [Int] {
    let cells = header.indices.map { column in [header[column]] + rows.map { $0[column].text } }
    let words = cells.map { column in column.flatMap { $0.split(separator: " ").map(\.count) }.max() ?? 0 }
    let room = width - 2 * (header.count - 1)
    var widths = cells.map { column in column.map(\.count).max() ?? 0 }
    Self.shrink(&widths, to: room, notBelow: words)
    Self.shrink(&widths, to: room, notBelow: widths.map { min($0, room / widths.count) })
    return widths
  }

  /// Takes from the widest column that may still give.
  private static func shrink(_ widths: inout [Int], to room: Int, notBelow floors: [Int]) {
    while widths.reduce(0, +) > room {
      guard let widest = widths.indices.filter({ widths[$0] > floors[$0] }).max(by: { widths[$0] < widths[$1] }) else { return }
      widths[widest] -= 1
    }
  }

  private func line(_ cells: [Cell], _ widths: [Int], _ style: Style) -> String {
    let wrapped = zip(cells, widths).map { TextBlock.wrap($0.text, width: $1) }
    let height = wrapped.map(\.count).max() ?? 0
    return (0..<height).map { row in
      let parts = cells.indices.map { column in
        let part = row < wrapped[column].count ? wrapped[column][row] : ""
        let padding = column == cells.count - 1 ? 0 : widths[column] - part.count
        return style.paint(part, cells[column].colour) + String(repeating: " ", count: padding)
      }
      return trimmed(parts.joined(separator: "  ")) + "\n"
    }.joined()
  }

  private func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}

/// Running text in a column.
enum TextBlock {
  /// Breaks between words, and inside of one that is longer than the column. At least one line.
  static func wrap(_ text: String, width: Int) -> [String] {
    let lines = Paragraphs.wrap(text, width: width).flatMap { line -> [String] in
      var rest = Substring(line)
      var pieces: [String] = []
      while rest.count > width {
        pieces.append(String(rest.prefix(width)))
        rest = rest.dropFirst(width)
      }
      return pieces + [String(rest)]
    }
    return lines.isEmpty ? [""] : lines
  }

  /// `label` at the left, the text beside it.
  static func labelled(_ label: String, _ text: String, column: Int = 12) -> String {
    let indent = String(repeating: " ", count: column)
    let lines = wrap(Visible.text(text), width: Paragraphs.width - column)
    let first = label.count < column ? label + indent.dropFirst(label.count) : label + "\n" + indent
    return first + lines.joined(separator: "\n" + indent) + "\n"
  }
}
