import Client
import Glibc
import Operations
import Settings
import Stack

/// What the plan has to know of this machine.
struct MachineSurvey {
  let client: HTTPClient

  func facts(for settings: StackSettings) async -> MachineFacts {
    let environment = Self.environment()
    var facts = MachineFacts(
      commands: Self.find(StackPlan.commands(of: settings), path: environment["PATH"] ?? ""), cores: Self.cores,
      environment: environment)
    do throws(ModelProblem) {
      facts.ollama = try await ollama(settings)
      facts.isOllamaWide = !ListeningSockets.hosts(port: 11434).allSatisfy(ListeningSockets.isLoopback)
    } catch {
      facts.ollamaProblem = error.description
    }
    return facts
  }

  /// Only where the settings leave it open.
  private func ollama(_ settings: StackSettings) async throws(ModelProblem) -> String? {
    guard settings.llm.addresses.isEmpty, settings.llm.api == .ollama else { return nil }
    let variables = ProcessEnvironment.all()
    let finder = ModelFinder(client: client, limit: .milliseconds(800)) { await HostSurvey.facts(variables) }
    return try await finder.find([], api: .ollama).address
  }

  static var cores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  private static func environment() -> [String: String] {
    var found: [String: String] = [:]
    for name in ["PATH", "HOME", "TZ", "LANG"] {
      if let value = unsafe getenv(name) { found[name] = unsafe String(cString: value) }
    }
    return found
  }

  private static func find(_ commands: [String], path: String) -> [String: String] {
    var found: [String: String] = [:]
    for command in commands {
      let places = path.split(separator: ":").map { "\($0)/\(command)" }
      if let place = places.first(where: { unsafe access($0, X_OK) == 0 }) { found[command] = place }
    }
    return found
  }
}
