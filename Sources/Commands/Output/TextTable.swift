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

  /// Two spaces stand between columns.
  private var columnWidths: [Int] {
    var widths = header.indices.map { column in
      ([header[column].count] + rows.map { $0[column].text.count }).max() ?? 0
    }
    while widths.reduce(0, +) + 2 * (widths.count - 1) > width, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }) {
      widths[widest] -= 1
    }
    return widths
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
