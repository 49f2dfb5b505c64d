import CommandLineParser
import Model
import Operations

enum ModelsRunCommand: Command {
  static let prompt = Argument("PROMPT", "What to ask; - reads it from standard input")
  static let tokens = Option("tokens", .integer(1...1_000_000), "N", "At most so many; without it until the model is done")
  static let verb = Verb(
    "run", "Ask a model, and show its answer as it comes", arguments: [prompt], options: [ModelsNoun.model, tokens],
    examples: [.init("leanto models run \"Why is the sky blue?\"", "Of the first of llm.models")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let work = try await ModelWork(context)
    let model = try await work.choose(context.invocation.text(ModelsNoun.model))
    let prompt = try words(context)
    var report = ModelRunReport(model: model)
    do throws(ModelError) {
      let answer = try await work.server.generate(
        model: model, prompt: prompt, tokens: context.invocation.integer(tokens))
      for try await event in answer {
        switch event {
        case .text(let text):
          report.answer += text
          if !context.wantsJSON { context.environment.terminal.write(text) }
        case .thinking: break
        case .done(let summary): report.take(summary)
        }
      }
    } catch {
      if !report.answer.isEmpty, !context.wantsJSON { context.environment.terminal.write("\n") }
      throw CommandFailure(error, model: model)
    }
    if context.wantsJSON { try context.show(report) } else { finish(report, context) }
    return .done
  }

  private static func words(_ context: CommandContext) throws -> String {
    let text = context.invocation.text(prompt) ?? ""
    guard text == "-" else { return text }
    var lines: [String] = []
    while let line = try context.environment.terminal.readLine() { lines.append(line) }
    return lines.joined(separator: "\n")
  }

  /// The speed goes to standard error: what is piped on is the answer alone.
  private static func finish(_ report: ModelRunReport, _ context: CommandContext) {
    context.environment.terminal.write("\n")
    let speed = report.tokensPerSecond.map { ", \(StatusText.rounded($0)) tokens/s" } ?? ""
    context.environment.terminal.writeError("\(report.model): \(report.tokens) tokens\(speed)\n")
  }
}

struct ModelRunReport: Report {
  var model: String
  var answer = ""
  var tokens = 0
  var tokensPerSecond: Double?

  init(model: String) { self.model = model }

  mutating func take(_ summary: GenerationSummary) {
    tokens = summary.tokens
    tokensPerSecond = summary.tokensPerSecond
  }

  func text(_ style: Style) -> String { answer + "\n" }
}
