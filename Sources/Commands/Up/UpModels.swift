import Model
import Operations
import Settings

/// What `up` did about the models of the settings.
struct UpModels: Encodable, Sendable, Hashable {
  var pulled: [String] = []
  /// Why one is still missing, with what mends it; nil: none is.
  var problem: String?

  /// Has Ollama get those of llm.models that it lacks. What cannot be had does not stop `up`: the services run without it, and the
  /// proofs tell.
  static func pullMissing(_ llm: LLMSettings, _ environment: CommandEnvironment) async -> UpModels {
    var done = UpModels()
    guard llm.api == .ollama, !llm.models.isEmpty else { return done }
    do {
      let server = try await environment.models.find(llm)
      let names = try await server.models()
      for model in llm.models where !names.contains(model) && !names.contains(model + ":latest") {
        _ = try await ModelsPullCommand.pull(model, server, environment)
        done.pulled.append(model)
      }
    } catch let failure as CommandFailure {
      done.problem = failure.message + (failure.remedy.isEmpty ? "" : ". Try: \(failure.remedy)")
    } catch {
      done.problem = "\(error)"
    }
    return done
  }

  var text: String {
    pulled.map { TextBlock.labelled("Pulled", $0) }.joined() + (problem.map { TextBlock.labelled("Models", $0) } ?? "")
  }
}
