internal import Client
internal import Model

extension Verifier {
  /// A few tokens, straight from the model's server.
  func model() async -> Proof {
    guard let choice = plan.model else { return writer.skipped("model", "", because: "no model is set up (llm in leanto.yaml)") }
    let sent = "a prompt to \(choice.name) at \(choice.server)"
    do throws(ModelError) {
      let received = try await firstTokens(choice)
      return writer.proof("model", choice.name, Trial(sent: sent, received: received))
    } catch {
      return writer.proof("model", choice.name, Trial(sent: sent, received: "\(error)", remedy: remedy(error, choice)))
    }
  }

  private func firstTokens(_ choice: ModelChoice) async throws(ModelError) -> String {
    let server = ModelServer(address: choice.server, api: choice.api, client: client)
    let started = SuspendingClock.now
    let answer = try await server.generate(
      model: choice.name, prompt: "Say hello.", tokens: 16, timeouts: ClientTimeouts(total: .seconds(300)))
    var first: String?
    for try await event in answer {
      switch event {
      case .text, .thinking: first = first ?? "the first token after \(milliseconds(started.duration(to: .now)))"
      case .done(let summary):
        guard let first else { break }
        return "\(first), \(summary.tokens) in all\(speed(summary))"
      }
    }
    throw .unreadable("its answer holds no token")
  }

  private func speed(_ summary: GenerationSummary) -> String {
    summary.tokensPerSecond.map { ", \(($0 * 10).rounded() / 10) tokens/s" } ?? ""
  }

  private func remedy(_ error: ModelError, _ choice: ModelChoice) -> String {
    let isOllama = choice.api == .ollama
    switch error {
    case .unreachable(.refused), .unreachable(.unreachable), .unreachable(.couldNotResolve):
      return isOllama
        ? "Start Ollama with 'ollama serve', or set llm.address in leanto.yaml and run 'leanto restart'."
        : "The model's server is not up: run 'leanto status', and 'leanto logs' with its name."
    case .refused(404, _):
      return isOllama
        ? "Get the model with 'ollama pull \(choice.name)', or name another under llm.models in leanto.yaml."
        : "Name a model that the server has under llm.models in leanto.yaml, and run 'leanto restart'."
    case .refused(403, _):
      return "Let Ollama take this address: set OLLAMA_HOST=0.0.0.0 for it and restart it ('systemctl restart ollama')."
    case .refused(503, _): return "The model's server is busy: wait, then run 'leanto verify' again."
    default:
      return isOllama ? "See what Ollama says: 'journalctl -u ollama -n 50'." : "See what the model's server says: 'leanto logs'."
    }
  }

  /// The model's answer through the gateway, with its pieces apart.
  func stream() async -> Proof {
    let subject = "stream"
    guard plan.model != nil else { return writer.skipped(subject, "leanto", because: "no model is set up (llm in leanto.yaml)") }
    guard let listener = [ListenerKind.local, .tunnel].first(where: { plan.listeners[$0] != nil }) else {
      return writer.skipped(subject, "leanto", because: "no listener is reached from outside")
    }
    let probe = Probe(
      method: "POST", target: VerificationPlan.ask, listener: listener, credentials: .right,
      fields: [("Content-Type", "text/plain")],
      body: Array("Count from one to twenty in words.".utf8), timeouts: ClientTimeouts(total: .seconds(300)))
    guard let request = probe.request(plan) else { return writer.skipped(subject, "leanto", because: "there is no listener") }
    do throws(ClientError) {
      return writer.proof(subject, "leanto", try await pieces(request, probe.words))
    } catch {
      return writer.proof(subject, "leanto", Trial(sent: probe.words, received: "\(error)", remedy: Remedy.connection(error)))
    }
  }

  private func pieces(_ request: ClientRequest, _ sent: String) async throws(ClientError) -> Trial {
    let started = SuspendingClock.now
    let stream = try await client.stream(request)
    guard stream.status == 200 else {
      let words = Answer(head: stream.head).words
      return Trial(
        sent: sent, received: words,
        remedy: "Run 'leanto status' and 'leanto logs': the model does not answer through the gateway.")
    }
    var times: [SuspendingClock.Instant] = []
    for try await _ in stream {
      times.append(.now)
      // Some models never come to an end; a few seconds show what there is to show.
      if times.count >= 8, started.duration(to: .now) > .seconds(3) { break }
    }
    stream.cancel()
    guard let first = times.first, let last = times.last else {
      return Trial(
        sent: sent, received: "an empty answer",
        remedy: "The model said nothing: run 'leanto verify' again, and see 'leanto logs'.")
    }
    let span = first.duration(to: last)
    let received =
      "\(times.count) pieces, the first after \(milliseconds(started.duration(to: first))), the last \(milliseconds(span)) later"
    // A model needs milliseconds a token; what was held back somewhere comes at once.
    guard times.count < 2 || span < .milliseconds(5) else { return Trial(sent: sent, received: received) }
    let remedy =
      "Something between holds the answer back until it is complete: run 'leanto restart', and take proxies out of the way."
    return Trial(sent: sent, received: received, remedy: remedy)
  }
}
