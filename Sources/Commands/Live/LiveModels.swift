import Client
import Operations
import Settings

/// Asks from this process, as the daemon and native services do.
enum LiveModels {
  static func access() -> ModelAccess {
    ModelAccess { settings in
      let variables = CommandEnvironment.variables()
      let finder = ModelFinder(client: HTTPClient()) { await HostSurvey.facts(variables) }
      return try await finder.find(settings.addresses, api: ModelServer.API(settings.api))
    }
  }
}

extension ModelServer.API {
  init(_ api: LLMSettings.API) { self = api == .ollama ? .ollama : .openai }
}
