import CommandLineParser
import Model
import Operations
import Settings

/// `leanto models`: what the model's server has, and what it can do.
enum ModelsNoun {
  static let verb = Verb(
    "models", "The model's server: list, pull, run and measure models", section: "Models",
    discussion: """
      With Ollama all verbs work. With llm.api: openai (llama.cpp, LM Studio, vLLM) list, run and bench do, as far as that API tells; \
      for the rest it has no question, and the verb ends with 4.
      """)
  static let commands: [any Command.Type] = [
    ModelsListCommand.self, ModelsPullCommand.self, ModelsRemoveCommand.self, ModelsShowCommand.self, ModelsRunCommand.self,
    ModelsBenchCommand.self, ModelsUnloadCommand.self,
  ]

  static let name = Argument("NAME", "The model, such as gemma3:270m")
  static let model = Option("model", .text, "NAME", "Which model; without it the first of llm.models, else the server's first")
}

/// The server and what the settings say of it.
struct ModelWork {
  var server: ModelServer
  var settings: LLMSettings

  init(_ context: CommandContext) async throws {
    let stack = try context.existingStack()
    settings = try context.settings(of: stack).llm
    do {
      server = try await context.environment.models.find(settings)
    } catch let problem as ModelProblem {
      throw CommandFailure(problem)
    }
  }

  /// For what only Ollama's API has.
  func demandOllama(_ what: String) throws(CommandFailure) {
    guard server.api == .openai else { return }
    throw CommandFailure(
      .missing, "llm.api: openai has no way to \(what); the server at \(server.address) does that by its own means")
  }

  /// The one that was named, else the settings', else the server's first.
  func choose(_ name: String?) async throws -> String {
    if let name = name ?? settings.models.first { return name }
    guard let first = try await heard({ () throws(ModelError) in try await server.models() }).first else {
      throw CommandFailure(.missing, "the server at \(server.address) has no model", remedy: "leanto models pull NAME")
    }
    return first
  }

  /// What the server answers, its errors in words with what mends them.
  func heard<Value>(
    about model: String = "", _ body: () async throws(ModelError) -> Value
  ) async throws(CommandFailure) -> Value {
    do throws(ModelError) {
      return try await body()
    } catch {
      throw CommandFailure(error, model: model)
    }
  }
}

extension CommandFailure {
  init(_ problem: ModelProblem) {
    let commands = problem.remedies.filter { $0.place != .settings && $0.place != .windows && $0.place != .macos }
    let others = problem.remedies.filter { remedy in !commands.prefix(1).contains(remedy) }.map(\.line)
    self.init(.failed, problem.sentence.withoutFullStop, details: others, remedy: commands.first?.command ?? "")
  }

  init(_ error: ModelError, model: String) {
    if let problem = ModelProblem.refused(error, model: model) {
      self.init(problem)
    } else {
      self.init(.failed, "\(error)".withoutFullStop)
    }
  }
}

extension ModelProblem.Remedy {
  /// For a list: where, and what.
  var line: String {
    switch place {
    case .here, .linux: command
    case .windows: "on Windows: \(command)"
    case .macos: "on a Mac: \(command)"
    case .settings: "in leanto.yaml: \(command)"
    }
  }
}

extension String {
  var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
