import CommandLineParser
import Model

enum KeyListCommand: Command {
  static let verb = Verb("list", "Name the programs that may enter, and when they last did")

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    try context.show(
      KeyListReport(keys: try context.environment.keys.list(stack), now: context.environment.clock.now()))
    return .done
  }
}

struct KeyListReport: Report {
  var keys: [KeyFacts]
  /// Seconds since 1970.
  var now: Double

  private enum CodingKeys: CodingKey { case keys }

  func text(_ style: Style) -> String {
    guard !keys.isEmpty else { return "No program has a key. Make one: leanto key add NAME --for SERVICE\n" }
    let rows = keys.map { key in
      [
        TextTable.Cell(key.name), .init(key.begins + "..."), .init(key.service),
        .init(key.verbs.isEmpty ? "all" : key.verbs.joined(separator: ",")), .init(end(of: key)), .init(use(of: key)),
      ]
    }
    return TextTable(header: ["Key", "Begins", "For", "Verbs", "Ends", "Last used"], rows: rows).text(style)
  }

  private func end(of key: KeyFacts) -> String {
    guard let expires = key.expires else { return "never" }
    return expires <= now ? "over" : "in " + SpanOfTime.words(expires - now)
  }

  private func use(of key: KeyFacts) -> String { key.lastUsed.map { SpanOfTime.words(now - $0) + " ago" } ?? "never" }
}
