import CommandLineParser
import Model
import Operations

enum ModelsShowCommand: Command {
  static let verb = Verb("show", "Say what a model is: size, context, what it can do", arguments: [ModelsNoun.name])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let work = try await ModelWork(context)
    try work.demandOllama("describe a model")
    let name = context.invocation.text(ModelsNoun.name) ?? ""
    let details = try await work.heard(about: name) { () throws(ModelError) in try await work.server.details(of: name) }
    guard let details else { return .missing }
    try context.show(ModelShowReport(details: details))
    return .done
  }
}

struct ModelShowReport: Report {
  var details: ModelDetails

  func encode(to encoder: any Encoder) throws { try details.encode(to: encoder) }

  func text(_ style: Style) -> String {
    let rows: [(String, String?)] = [
      ("Model", details.name), ("Family", details.family), ("Parameters", details.parameters),
      ("Quantised", details.quantisation), ("Context", details.contextLength.map { "\($0) tokens" }),
      ("Can", details.capabilities.isEmpty ? nil : details.capabilities.joined(separator: ", ")), ("Licence", details.licence),
    ]
    return rows.compactMap { label, value in value.map { TextBlock.labelled(label, $0) } }.joined()
  }
}

enum ModelsRemoveCommand: Command {
  static let verb = Verb("remove", "Take a model off the server's disk", arguments: [ModelsNoun.name])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let work = try await ModelWork(context)
    try work.demandOllama("remove a model")
    let name = context.invocation.text(ModelsNoun.name) ?? ""
    do throws(ModelError) {
      try await work.server.remove(name)
    } catch {
      guard case .refused(404, _) = error else { throw CommandFailure(error, model: name) }
      let known = (try? await work.server.models()) ?? []
      throw CommandFailure(
        .failed, "the server has no model \(name)\(Nearest.hint(for: name, in: known))", remedy: "leanto models list")
    }
    try context.show(ModelChangeReport(models: [name], change: "removed"))
    return .done
  }
}

enum ModelsUnloadCommand: Command {
  static let name = Argument("NAME", "The model; all that are in memory without it", .optional)
  static let verb = Verb(
    "unload", "Take a model out of memory, whoever uses it", discussion: "The next question to it loads it again.",
    arguments: [name])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let work = try await ModelWork(context)
    try work.demandOllama("unload a model")
    let loaded = try await work.heard { () throws(ModelError) in try await work.server.loaded() } ?? []
    let chosen = context.invocation.text(name).map { [$0] } ?? loaded.map(\.name)
    for model in chosen {
      try await work.heard(about: model) { () throws(ModelError) in try await work.server.unload(model) }
    }
    try context.show(ModelChangeReport(models: chosen, change: "unloaded"))
    return .done
  }
}

struct ModelChangeReport: Report {
  var models: [String]
  var change: String

  func text(_ style: Style) -> String {
    models.isEmpty ? "Nothing is in memory.\n" : models.map { "\($0): \(change)\n" }.joined()
  }
}
