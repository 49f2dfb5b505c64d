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
        TextTable.Cell(key.name), .init(key.begins + "..."), .init(key.shownScope),
        .init(key.shownVerbs), .init(end(of: key)), .init(use(of: key)), .init(tokens(of: key)),
      ]
    }
    let header = ["Key", "Begins", "For", "May", "Ends", "Last used", "Tokens"]
    return TextTable(header: header, rows: rows).text(style)
  }

  /// Read and made.
  private func tokens(of key: KeyFacts) -> String {
    key.service == KeyScope.model ? "\(key.promptTokens)+\(key.generatedTokens)" : "-"
  }

  private func end(of key: KeyFacts) -> String {
    guard let expires = key.expires else { return "never" }
    return expires <= now ? "over" : "in " + SpanOfTime.words(expires - now)
  }

  private func use(of key: KeyFacts) -> String { key.lastUsed.map { SpanOfTime.words(now - $0) + " ago" } ?? "never" }
}

extension KeyFacts {
  /// `n8n`, or `llm (gemma3:270m)`.
  fileprivate var shownScope: String { models.isEmpty ? service : "\(service) (\(models.joined(separator: ", ")))" }

  /// `GET,HEAD 60/min`
  fileprivate var shownVerbs: String {
    let verbs = verbs.isEmpty ? "all" : verbs.joined(separator: ",")
    return rate.map { "\(verbs) \($0)" } ?? verbs
  }
}
