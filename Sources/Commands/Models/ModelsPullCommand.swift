import CommandLineParser
import Model
import Operations

enum ModelsPullCommand: Command {
  static let verb = Verb(
    "pull", "Have the server get a model; goes on where it was when it broke off", arguments: [ModelsNoun.name],
    examples: [.init("leanto models pull gemma3:270m", "Some 290 MB")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let work = try await ModelWork(context)
    try work.demandOllama("pull a model")
    let name = context.invocation.text(ModelsNoun.name) ?? ""
    let bytes = try await pull(name, work.server, context.environment)
    try context.show(PullReport(model: name, server: work.server.address, bytes: bytes))
    return .done
  }

  /// With progress on standard error. Returns the bytes of its layers.
  static func pull(_ name: String, _ server: ModelServer, _ environment: CommandEnvironment) async throws -> Int {
    let line = PullLineWriter(name, environment)
    do throws(ModelError) {
      try await server.pull(name) { await line.show($0) }
    } catch {
      await line.end()
      throw pullFailure(name, error, server)
    }
    return await line.end()
  }

  private static func pullFailure(_ name: String, _ error: ModelError, _ server: ModelServer) -> CommandFailure {
    switch error {
    case .refused(400, let message):
      return CommandFailure(.failed, "\(name) cannot be pulled: \(message)", remedy: "leanto models pull gemma3:270m")
    case .gaveUp(let message):
      return CommandFailure(
        .failed, "\(name) could not be pulled by the server at \(server.address): \(message.withoutFullStop)",
        details: ["What came so far stays on its disk: the same command goes on from there."],
        remedy: "leanto models pull \(shellQuoted(name))")
    default: return CommandFailure(error, model: name)
    }
  }
}

/// One line that changes on a terminal; elsewhere a line for each tenth.
actor PullLineWriter {
  private let name: String
  private let terminal: TerminalAccess
  private var bytes = 0
  private var lastShown = ""
  private var lastTenth = -1
  private var width = 0

  init(_ name: String, _ environment: CommandEnvironment) {
    self.name = name
    terminal = environment.terminal
  }

  func show(_ progress: PullProgress) {
    bytes = max(bytes, progress.total)
    if terminal.errorIsTerminal { showInPlace(text(progress)) } else { showLine(progress) }
  }

  /// Ends the line, and returns the bytes of all layers.
  @discardableResult
  func end() -> Int {
    if width > 0 { terminal.writeError("\n") }
    width = 0
    return bytes
  }

  private func text(_ progress: PullProgress) -> String {
    guard progress.total > 0, progress.status.hasPrefix("pulling ") else { return "\(name): \(Visible.text(progress.status))" }
    let share = Int(Double(progress.completed) / Double(progress.total) * 100)
    return "\(name): \(ByteCount.words(progress.completed)) of \(ByteCount.words(progress.total)), \(share) %"
  }

  private func showInPlace(_ text: String) {
    guard text != lastShown else { return }
    lastShown = text
    terminal.writeError("\r" + text + String(repeating: " ", count: max(0, width - text.count)))
    width = max(text.count, 1)
  }

  private func showLine(_ progress: PullProgress) {
    let tenth = progress.total > 0 ? progress.completed * 10 / progress.total : 0
    let text = text(progress)
    guard progress.status.hasPrefix("pulling ") && progress.total > 0 ? tenth != lastTenth : text != lastShown else { return }
    lastTenth = tenth
    lastShown = text
    terminal.writeError(text + "\n")
  }
}

struct PullReport: Report {
  var model: String
  var server: String
  /// Of all layers.
  var bytes: Int

  func text(_ style: Style) -> String {
    "\(model): there, \(ByteCount.words(bytes)). Try it: leanto models run --model \(shellQuoted(model)) \"Say hello.\"\n"
  }
}
