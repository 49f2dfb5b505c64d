internal import Client
internal import Model

extension Verifier {
  /// Opens with credentials and gets back what it sends; is refused without.
  func webSocket(_ service: String, _ path: String) async -> Proof {
    let subject = "websocket"
    guard let listener = outside else { return writer.skipped(subject, service, because: "no listener is reached from outside") }
    if let reason = plan.unavailable[service] { return writer.skipped(subject, service, because: reason) }
    let host = plan.routes.first { $0.service == service }?.host
    let inside = Probe(target: path, listener: listener, host: host, credentials: .right)
    var stranger = inside
    stranger.credentials = .none
    let trials = [await echo(inside, service), await refusal(stranger, service)]
    return writer.proof(
      subject, service, sent: "\(words(inside)), a text, and the same with no credentials",
      received: "\(trials[0].received); \(trials[1].received)", trials)
  }

  private func echo(_ probe: Probe, _ service: String) async -> Trial {
    let text = "leanto-verify-\(UInt32.random(in: 0 ... .max))"
    do throws(WebSocketError) {
      let started = SuspendingClock.now
      let socket = try await open(probe)
      try await socket.send(text)
      let isBack = try await hears(text, socket)
      let time = milliseconds(started.duration(to: .now))
      await socket.close()
      if isBack { return Trial(sent: words(probe), received: "opened, and the text came back in \(time)") }
      let remedy = "What is sent does not come back: run 'leanto logs \(service)' to see what it does with it."
      return Trial(sent: words(probe), received: "opened, but other messages came back", remedy: remedy)
    } catch {
      return Trial(sent: words(probe), received: "\(error)", remedy: remedy(error, service))
    }
  }

  private func refusal(_ probe: Probe, _ service: String) async -> Trial {
    do throws(WebSocketError) {
      _ = try await open(probe)
      return Trial(sent: words(probe), received: "it opened", remedy: Remedy.open(service))
    } catch {
      guard case .refused(let head) = error else {
        return Trial(sent: words(probe), received: "\(error)", remedy: remedy(error, service))
      }
      let answer = Answer(head: head)
      return Trial(sent: words(probe), received: answer.words, remedy: answer.isChallenge ? nil : Remedy.open(service))
    }
  }

  private func open(_ probe: Probe) async throws(WebSocketError) -> WebSocket {
    guard let request = probe.request(plan) else { throw .connection(.invalidRequest("there is no such listener")) }
    return try await WebSocket.open(request, with: client)
  }

  /// A service may greet before it answers.
  private func hears(_ text: String, _ socket: WebSocket) async throws(WebSocketError) -> Bool {
    for _ in 0..<5 {
      guard let message = try await socket.receive() else { return false }
      if case .text(let heard) = message, heard.contains(text) { return true }
    }
    return false
  }

  private func words(_ probe: Probe) -> String { "a websocket: \(probe.words)" }

  private func remedy(_ error: WebSocketError, _ service: String) -> String {
    switch error {
    case .connection(let error): Remedy.connection(error)
    case .refused(let head) where Answer(head: head).isFromLeanto: Remedy.notReached(service, head.status)
    default: "The service does not take the websocket: run 'leanto logs \(service)' to see why."
    }
  }
}

func milliseconds(_ duration: Duration) -> String { "\(Int((duration / .milliseconds(1)).rounded())) ms" }
