import CommandLineParser
import FoundationEssentials

/// What a verb found out, for people and for programs from one value.
protocol Report: Encodable, Sendable {
  /// At most 80 columns wide, except where a path or a command to copy is longer.
  func text(_ style: Style) -> String
}

enum JSONText {
  /// Indented, with sorted keys, so that two runs can be compared.
  static func of(_ report: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
  }
}
