import CommandLineParser
import Model
import Operations
import Settings

enum ModelsListCommand: Command {
  static let verb = Verb("list", "Name the server's models, and what is in memory")

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let work = try await ModelWork(context)
    let installed = try await work.heard { () throws(ModelError) in try await work.server.installed() }
    let loaded = try await work.heard { () throws(ModelError) in try await work.server.loaded() }
    try context.show(
      ModelsReport(
        server: work.server.address, api: work.server.api.rawValue,
        models: installed.map { ModelRow($0, loaded: loaded) }, wanted: work.settings.models,
        now: context.environment.clock.now()))
    return .done
  }
}

struct ModelRow: Encodable, Sendable {
  var name: String
  /// Bytes on the disk.
  var size: Int?
  var parameters: String?
  var quantisation: String?
  var contextLength: Int?
  /// Nil: this API does not tell.
  var isLoaded: Bool?
  /// Bytes in memory, and of them on the GPU.
  var memory: Int?
  var onGPU: Int?
  /// RFC 3339.
  var expires: String?

  /// Loaded is who has the same digest: a copy under another name shares the runner, which goes by the name it was loaded by.
  init(_ model: InstalledModel, loaded: [LoadedModel]?) {
    name = model.name
    size = model.size
    parameters = model.parameters
    quantisation = model.quantisation
    contextLength = model.contextLength
    guard let loaded else { return }
    let runner = loaded.first { $0.name == model.name } ?? loaded.first { !$0.digest.isEmpty && $0.digest == model.digest }
    isLoaded = runner != nil
    memory = runner?.size
    onGPU = runner?.onGPU
    expires = runner?.expires
    contextLength = runner?.contextLength ?? model.contextLength
  }
}

struct ModelsReport: Report {
  private enum CodingKeys: CodingKey { case server, api, models, missing }

  var server: String
  var api: String
  var models: [ModelRow]
  /// llm.models.
  var wanted: [String]
  /// Seconds since 1970.
  var now: Double

  /// Models of the settings that the server lacks.
  var missing: [String] { wanted.filter { name in !models.contains { $0.name == name || $0.name == name + ":latest" } } }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(server, forKey: .server)
    try values.encode(api, forKey: .api)
    try values.encode(models, forKey: .models)
    try values.encode(missing, forKey: .missing)
  }

  func text(_ style: Style) -> String {
    let head = TextBlock.labelled("Server", "\(server) (\(api))")
    guard !models.isEmpty else { return head + "It has no model. Get one: leanto models pull \(missing.first ?? "NAME")\n" }
    let rows = models.map { model in
      [
        TextTable.Cell(model.name), .init(model.size.map(ByteCount.words) ?? "-"), .init(model.parameters ?? "-"),
        .init(model.quantisation ?? "-"), .init(memory(model)), .init(end(model)),
      ]
    }
    let table = TextTable(header: ["Model", "Size", "Parameters", "Quantised", "In memory", "Until"], rows: rows).text(style)
    let lacks = missing.map { "Missing     \($0): leanto models pull \($0)\n" }.joined()
    return head + "\n" + table + (lacks.isEmpty ? "" : "\n" + lacks)
  }

  private func memory(_ model: ModelRow) -> String {
    guard let isLoaded = model.isLoaded else { return "?" }
    guard isLoaded, let memory = model.memory else { return "no" }
    let share = memory > 0 ? Int((Double(model.onGPU ?? 0) / Double(memory) * 100).rounded()) : 0
    return "\(ByteCount.words(memory)), \(share) % on GPU"
  }

  /// A model that is kept for ever ends in some 292 years.
  private func end(_ model: ModelRow) -> String {
    guard let expires = model.expires.flatMap(Moment.seconds) else { return "-" }
    let left = expires - now
    return left > 86_400 * 365 ? "for ever" : left > 0 ? "\(SpanOfTime.words(left)) from now" : "now"
  }
}

enum ByteCount {
  /// `253 MB`, `4.7 GB`: as Ollama counts, by thousands.
  static func words(_ bytes: Int) -> String {
    let units: [(Double, String)] = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")]
    guard let unit = units.first(where: { Double(bytes) >= $0.0 }) else { return "\(bytes) B" }
    let number = Double(bytes) / unit.0
    return number >= 10 ? "\(Int(number.rounded())) \(unit.1)" : "\((number * 10).rounded() / 10) \(unit.1)"
  }
}
