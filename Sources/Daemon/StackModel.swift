import Client
import Dashboard
import Model
import Monitoring
import Operations
import Settings
import Stack

/// The model of the stack: which server answers, under which name, and its answers for the front page.
actor StackModel {
  private let client: HTTPClient
  private var plan: ModelPlan?
  var known: (status: ModelStatus, server: ModelServer)?
  var health = ModelHealth()

  init(client: HTTPClient) { self.client = client }

  func use(_ plan: ModelPlan?) {
    if plan != self.plan { (known, health) = (nil, ModelHealth()) }
    self.plan = plan
  }

  /// Nil: no server answers now. What was found once is not asked for again until it fails.
  func status() async -> ModelStatus? {
    if let known { return known.status }
    guard let plan else { return nil }
    for address in plan.servers {
      let server = ModelServer(address: address, api: plan.api == .ollama ? .ollama : .openai, client: client)
      guard let names = try? await server.models() else { continue }
      guard let name = plan.name ?? names.first else { continue }
      let status = ModelStatus(name: name, server: server.address, api: server.api.rawValue)
      known = (status, server)
      return status
    }
    return nil
  }

  /// Streams the answer; measures the speed on the way.
  func ask(_ prompt: String, _ writer: LocalBodyWriter) async throws {
    guard let status = await status(), let server = known?.server else { throw AskProblem("No model answers now.") }
    do {
      let answer = try await server.generate(model: status.name, prompt: prompt)
      for try await event in answer {
        switch event {
        case .text(let text): try await writer.write(Array(text.utf8))
        case .thinking: break
        case .done(let summary):
          measured(summary.tokensPerSecond)
          answered()
        }
      }
    } catch let error as ModelError {
      known = nil
      throw AskProblem("The model did not finish: \(error).")
    }
  }

  /// A few tokens, to tell the speed by; once.
  func measure() async {
    guard let status = await status(), status.tokensPerSecond == nil, let server = known?.server else { return }
    guard let answer = try? await server.generate(model: status.name, prompt: "Say hello.", tokens: 16) else { return }
    var events = answer.makeAsyncIterator()
    while let event = try? await events.next() {
      if case .done(let summary) = event { measured(summary.tokensPerSecond) }
    }
  }

  private func measured(_ tokensPerSecond: Double?) {
    if let tokensPerSecond { known?.status.tokensPerSecond = tokensPerSecond }
  }
}
