import Model
import TestSupport
import Testing

@testable import Gateway

@Suite("The model's gate", .timeLimit(.minutes(2)))
struct GateTests {
  @Test(
    "passes recorded exchanges on as they are, and counts their tokens for the key",
    arguments: [
      ("chat-stream", "2+8"), ("generate-stream", "2+8"), ("chat-nostream", ""), ("v1-chat-stream", "2+4"),
      ("v1-chat-nostream", "2+4"), ("v1-completions", "2+4"), ("v1-completions-stream", "0+4"), ("v1-messages", "2+4"),
      ("v1-messages-stream", ""), ("v1-responses", "2+4"), ("v1-responses-stream", "2+4"), ("get-tags", nil),
      ("get-version", nil),
      ("get-ps-loaded", nil), ("get-root", nil), ("v1-models", nil), ("v1-model", nil), ("chat-unknown-model", nil),
      ("v1-chat-bad-json", nil),
    ])
  func recorded(name: String, tokens: String?) async throws {
    let known = try OllamaExchange(name)
    let standIn = try RecordedOllama([name])
    try await GateFixture.with(script: { try standIn.serve($0) }) { (fixture) async throws in
      let body = known.request.method == "POST" ? "{\"model\":\"gemma3:270m\"}" : nil
      let answer = try fixture.answer(known.request.method, "/llm\(known.request.path)", body)
      #expect(answer.status == known.response.status && answer.text == latin1(Array(known.response.body.text.utf8)))
      #expect(answer["Content-Type"] == known.response.headers["Content-Type"])
      guard let tokens else { return #expect(fixture.tokens.value.isEmpty) }
      try await wait(for: "the tokens") { !fixture.tokens.value.isEmpty }
      if !tokens.isEmpty { #expect(fixture.tokens.value == ["key:one \(tokens)"]) }
    }
  }

  @Test("tells the server its own host, and nothing of credentials, origin and way")
  func forwarded() async throws {
    try await GateFixture.with(script: { try $0.answer() }) { (fixture) async throws in
      let fields = [
        "Origin: https://evil.example", "Cookie: leanto-session=x; other=y", "X-Forwarded-For: 1.2.3.4", "Forwarded: for=1.2.3.4",
        "Accept-Encoding: gzip, zstd", "User-Agent: a client", "Accept: application/x-ndjson", "anthropic-version: 2023-06-01",
        "X_API_Key: one", "Proxy-Authorization: Basic eA==", "Connection: keep-alive, Host", "TE: trailers",
      ]
      _ = try fixture.answer("POST", "/llm/api/chat?x=%2e", GateFixture.chat, fields: fields)
      let request = try fixture.upstream.complete(1)[0]
      #expect(request.target == "/api/chat?x=%2e" && request.text == GateFixture.chat)
      let names = request.head.fields.map { $0.name.lowercased() }.sorted()
      #expect(names == ["accept", "anthropic-version", "content-length", "content-type", "host", "user-agent"])
      #expect(request["Host"] == "localhost:\(fixture.upstream.port)")
    }
  }

  @Test("is at a host of its own, too, with the key in either field")
  func host() async throws {
    try await GateFixture.with(script: { try $0.answer() }) { (fixture) async throws in
      for (key, fields) in [("one" as String?, [String]()), (nil, ["X-API-Key: one"])] {
        #expect(try fixture.answer("GET", "/api/version", key: key, fields: ["Host: ollama.localhost"] + fields).status == 200)
        #expect(
          try fixture.answer("GET", "/llm/api/version", key: key, fields: ["Host: ollama.localhost"] + fields).status == 403)
      }
      #expect(try fixture.upstream.complete(2).allSatisfy { $0.target == "/api/version" })
    }
  }

  @Test(
    "refuses in the API's own form, before the server hears of it",
    arguments: [
      ("GET", "/llm/api/tags", nil as String?, [String](), 401), ("POST", "/llm/api/pull", nil, [], 401),
      ("POST", "/llm/v1/chat/completions", "wrong", [], 401), ("POST", "/llm/api/chat", "one", ["X-API-Key: one"], 400),
      ("POST", "/llm/api/chat", nil, ["X-API-Key: one", "X-API-Key: one"], 400), ("POST", "/llm/api/chat", "fast", [], 429),
      ("POST", "/llm/api/chat", "one", ["Authorization: Bearer one"], 400),
      ("POST", "/llm/api/chat", "one", ["Content-Encoding: zstd"], 415), ("GET", "/llm/api/chat", "one", [], 403),
      ("POST", "/llm/api/chat", "one", ["Upgrade: websocket", "Connection: Upgrade"], 200),
      ("GET", "/llm/api/version", "one", ["Upgrade: websocket", "Connection: Upgrade"], 403),
      ("POST", "http://lean.example/llm/api/chat", "one", [], 403), ("OPTIONS", "/llm/api/chat", "one", [], 403),
    ])
  func refused(method: String, path: String, key: String?, fields: [String], status: Int) async throws {
    let standIn = try RecordedOllama(["chat-stream", "get-tags", "get-version"])
    try await GateFixture.with(script: { try standIn.serve($0) }) { (fixture) async throws in
      let body = method == "POST" ? GateFixture.chat : nil
      let answer = try fixture.answer(method, path, key: key, body, fields: fields)
      #expect(answer.status == status, "\(answer.text)")
      guard status != 200 else { return }
      // Two Authorization fields are refused before anybody looks where the request goes.
      if fields.contains(where: { $0.hasPrefix("Authorization") }) { return }
      #expect(answer["Content-Type"] == "application/json" && answer.text.hasPrefix("{\"error\":"))
      #expect((answer["WWW-Authenticate"] == "Bearer realm=\"leanto\"") == (status == 401))
      #expect((answer["Retry-After"] == "7") == (status == 429))
      #expect(fixture.upstream.requests.isEmpty)
    }
  }

  @Test("lets no verb through that changes the server, in no spelling")
  func verbs() async throws {
    let standIn = try RecordedOllama(["chat-stream"])
    try await GateFixture.with(script: { try standIn.serve($0) }) { (fixture) async throws in
      for path in GatePathTests.refused where path.hasPrefix("/") && !path.contains("\\") {
        for method in ["POST", "DELETE", "GET", "HEAD", "PUT"] {
          let answer = try fixture.answer(method, "/llm\(path)", method == "POST" ? "{\"model\":\"x\"}" : nil)
          #expect(answer.status == 403, "\(method) \(path): \(answer.status)")
        }
      }
      #expect(standIn.carriedOut.value.isEmpty && fixture.upstream.requests.isEmpty)
    }
  }

  @Test("holds a key to its models, however a body is written")
  func models() async throws {
    let standIn = try RecordedOllama(["chat-stream", "v1-model"])
    try await GateFixture.with(script: { try standIn.serve($0) }) { (fixture) async throws in
      func status(_ body: String) throws -> Int { try fixture.answer("POST", "/llm/api/chat", key: "two", body).status }
      #expect(try status(GateFixture.chat) == 200)
      #expect(try status(#"{"model":"gemma3\u003a270m"}"#) == 200)
      for body in [#"{"model":"llama3"}"#, "{}", #"{"model":"GEMMA3:270m"}"#, #"{"model":"library/gemma3:270m"}"#] {
        #expect(try status(body) == 403, "\(body)")
      }
      for body in [
        #"{"model":"gemma3:270m","model":"llama3"}"#, #"{"model":"gemma3:270m","Model":"llama3"}"#,
        #"{"MODEL":"llama3","model":"gemma3:270m"}"#, #"{"model":"gemma3:270m"}{"model":"llama3"}"#, "", "[]", "{\"model\":",
      ] { #expect(try status(body) == 400, "\(body)") }
      #expect(fixture.upstream.requests.count == 2)
      // Without a list of its own a key leaves all of this to the server.
      #expect(try fixture.answer("POST", "/llm/api/chat", "{\"model\":").status == 200)
      #expect(try fixture.answer("GET", "/llm/v1/models/gemma3:270m", key: "two").status == 200)
      #expect(try fixture.answer("GET", "/llm/v1/models/llama3", key: "two").status == 404)
    }
  }

  @Test("takes bodies in chunks and with an expectation, none that are too large, and holds no place for a slow one")
  func bodies() async throws {
    try await GateFixture.with(
      concurrency: 1, queue: 0, { $0.gate?.body = 1000 }, script: { try $0.answer() }
    ) { (fixture) async throws in
      let slow = try fixture.running.connect()
      try slow.send(
        "POST /llm/api/chat HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer one\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
      )
      #expect(try slow.anyHead().status == 100)
      try slow.send("5\r\n{\"mod\r\n")
      #expect(try fixture.answer("POST", "/llm/api/chat", GateFixture.chat).status == 200)
      try slow.send("d;x=y\r\nel\":\"a\"}     \r\n0\r\nTrailer: x\r\n\r\n")
      #expect(try slow.response(to: "POST").status == 200)
      let request = try fixture.upstream.complete(2)[1]
      #expect(request.text == "{\"model\":\"a\"}     " && request["Content-Length"] == "18")
      let large = String(repeating: " ", count: 1001)
      #expect(try fixture.answer("POST", "/llm/api/chat", large).status == 413)
      let chunked = try fixture.running.connect()
      try chunked.send(
        "POST /llm/v1/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer one\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n\(large)\r\n"
      )
      let answer = try chunked.response(to: "POST")
      #expect(answer.status == 413 && answer.text.hasPrefix("{\"error\":{\"message\":"))
      #expect(fixture.upstream.requests.count == 2)
    }
  }
}
