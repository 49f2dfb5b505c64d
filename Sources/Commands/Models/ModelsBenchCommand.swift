import CommandLineParser
import Model
import Operations

enum ModelsBenchCommand: Command {
  static let tokens = Option("tokens", .integer(1...10_000), "N", "How many to generate; 128 without it")
  static let verb = Verb(
    "bench", "Measure a model by the server's own counters",
    discussion: """
      A long prompt and some tokens. With Ollama it says what of the model is on the GPU, too. A model that is not in memory is loaded, \
      which may put another one out; it leaves when its time is over, as after any other question.
      """, options: [ModelsNoun.model, tokens])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let work = try await ModelWork(context)
    let model = try await work.choose(context.invocation.text(ModelsNoun.model))
    var progress = Progress(context.environment)
    progress.say("measuring \(model)")
    let wasLoaded = try await runner(of: model, work) != nil
    let started = context.environment.clock.monotonic()
    let summary = try await measure(model, work, tokens: context.invocation.integer(tokens) ?? 128)
    let seconds = context.environment.clock.monotonic() - started
    let runner = try await runner(of: model, work)
    try context.show(
      BenchReport(
        model: model, server: work.server.address, summary: summary, seconds: seconds, wasLoaded: wasLoaded, runner: runner,
        api: work.server.api))
    return .done
  }

  private static func measure(_ model: String, _ work: ModelWork, tokens: Int) async throws -> GenerationSummary {
    // Enough to measure the reading of it, and new each time: a prompt that was read before costs nothing.
    let salt = UInt32.random(in: .min ... .max)
    let prompt =
      "Note \(salt). " + String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 20) + "Tell a long story."
    return try await work.heard(about: model) { () throws(ModelError) in
      var done = GenerationSummary(tokens: 0, tokensPerSecond: nil)
      for try await event in try await work.server.generate(model: model, prompt: prompt, tokens: tokens) {
        if case .done(let summary) = event { done = summary }
      }
      return done
    }
  }

  private static func runner(of model: String, _ work: ModelWork) async throws -> LoadedModel? {
    let loaded = try await work.heard { () throws(ModelError) in try await work.server.loaded() } ?? []
    if let found = loaded.first(where: { $0.name == model || $0.name == model + ":latest" }) { return found }
    let installed = try await work.heard { () throws(ModelError) in try await work.server.installed() }
    guard let digest = installed.first(where: { $0.name == model })?.digest else { return nil }
    return loaded.first { $0.digest == digest }
  }
}

struct BenchReport: Report {
  var model: String
  var server: String
  var promptTokens: Int?
  var promptTokensPerSecond: Double?
  var tokens: Int
  var tokensPerSecond: Double?
  /// What the server says that loading took; some tenths of a second for a model that was in memory.
  var loadSeconds: Double?
  var wasLoaded: Bool?
  /// The whole question, seen from here.
  var seconds: Double
  /// 0 to 1; nil: this API does not tell.
  var shareOnGPU: Double?
  /// A sentence.
  var verdict: String

  init(
    model: String, server: String, summary: GenerationSummary, seconds: Double, wasLoaded: Bool, runner: LoadedModel?,
    api: ModelServer.API
  ) {
    self.model = model
    self.server = server
    promptTokens = summary.promptTokens
    promptTokensPerSecond = summary.promptTokensPerSecond
    tokens = summary.tokens
    tokensPerSecond = summary.tokensPerSecond
    loadSeconds = summary.loadSeconds
    self.wasLoaded = api == .ollama ? wasLoaded : nil
    self.seconds = seconds
    shareOnGPU = api == .ollama ? runner?.shareOnGPU : nil
    verdict = Self.verdict(shareOnGPU, runner)
  }

  private static func verdict(_ share: Double?, _ runner: LoadedModel?) -> String {
    guard let share, let runner else { return "Whether a GPU was used cannot be told: the server does not say." }
    let percent = Int((share * 100).rounded())
    switch share {
    case ..<0.005: return "No GPU was used: all \(ByteCount.words(runner.size)) of the model are in the machine's memory."
    case 0.995...: return "The GPU did all of it: the whole model (\(ByteCount.words(runner.size))) is in its memory."
    default:
      return "The GPU did \(percent) % of it: the model needs \(ByteCount.words(runner.size)), of which "
        + "\(ByteCount.words(runner.onGPU)) fit into the GPU's memory. A smaller model or context would be much faster."
    }
  }

  func text(_ style: Style) -> String {
    let rows: [(String, String?)] = [
      ("Model", "\(model) at \(server)"), ("Prompt", speed(promptTokens, promptTokensPerSecond)),
      ("Answer", speed(tokens, tokensPerSecond)),
      ("Loading", loadSeconds.map { "\(rounded($0)) s" + (wasLoaded == true ? ", it was in memory" : "") }),
      ("In all", "\(rounded(seconds)) s"), ("GPU", verdict),
    ]
    return rows.compactMap { label, value in value.map { TextBlock.labelled(label, $0) } }.joined()
  }

  private func speed(_ tokens: Int?, _ perSecond: Double?) -> String? {
    guard let tokens else { return nil }
    return "\(tokens) tokens" + (perSecond.map { ", \(StatusText.rounded($0)) a second" } ?? "")
  }

  private func rounded(_ seconds: Double) -> String { "\((seconds * 100).rounded() / 100)" }
}
