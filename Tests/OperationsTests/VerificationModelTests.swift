import Client
import Operations
import Synchronization
import TestSupport
import Testing

@Suite("Model servers")
struct VerificationModelTests {
  let client = HTTPClient()

  @Test("Ollama's recorded answer comes piece by piece, with the server's own count and speed")
  func ollamaAnswer() async throws {
    let server = try standIn(["chat-stream"], .ollama)
    let (text, summary) = try await heard(server.model)
    #expect(text == [",", "\n\n", "I", " have", " a", " ", "2", "0"])
    #expect(summary?.tokens == 8)
    #expect(abs((summary?.tokensPerSecond ?? 0) - 8 / 0.467988244) < 0.001)
  }

  @Test("The recorded events of the other API are read too, the speed measured where none is told")
  func openAIAnswer() async throws {
    let server = try standIn(["v1-chat-stream"], .openai)
    let (text, summary) = try await heard(server.model)
    #expect(text == [".", " This", " is", " a"])
    #expect(summary?.tokens == 4)
    #expect((summary?.tokensPerSecond ?? 0) > 0)
  }

  @Test("A model that the server does not have is told with the server's words", arguments: [ModelServer.API.ollama, .openai])
  func unknownModel(api: ModelServer.API) async throws {
    let server = try standIn([api == .ollama ? "chat-unknown-model" : "v1-chat-unknown-model"], api)
    await #expect(throws: ModelError.refused(status: 404, message: "model 'nope' not found")) { try await heard(server.model) }
  }

  @Test("Refusals without words and full queues are told apart")
  func refusals() async throws {
    let forbidden = try standIn(["host-refused"], .ollama)
    await #expect(throws: ModelError.refused(status: 403, message: "")) { try await forbidden.model.models() }
    #expect("\(ModelError.refused(status: 403, message: ""))".contains("Host or Origin"))
    let deaf = try DeafPort()
    let none = ModelServer(address: "http://127.0.0.1:\(deaf.port)", api: .ollama, client: client)
    await #expect(throws: ModelError.unreachable(.refused(by: "127.0.0.1:\(deaf.port)"))) { try await none.models() }
  }

  @Test("Models are listed, and the version told", arguments: [ModelServer.API.ollama, .openai])
  func lists(api: ModelServer.API) async throws {
    let server = try standIn(["get-tags", "get-version", "v1-models"], api)
    #expect(try await server.model.models() == ["gemma3:270m"])
    #expect(try await server.model.version() == (api == .ollama ? "0.0.0" : nil))
  }

  @Test("A server is found where it answers, and named by the way it answers", arguments: [ModelServer.API.ollama, .openai])
  func found(api: ModelServer.API) async throws {
    let deaf = try DeafPort()
    let server = try standIn([api == .ollama ? "get-version" : "v1-models"], api)
    let model = await ModelServer.find(at: ["http://127.0.0.1:\(deaf.port)", server.model.address], with: client)
    #expect(model?.address == server.model.address && model?.api == api)
    #expect(await ModelServer.find(at: ["http://127.0.0.1:\(deaf.port)", "nonsense"], with: client) == nil)
  }

  @Test(
    "Addresses are taken as people write them",
    arguments: [("http://a:1/", "http://a:1"), ("http://a:1/v1", "http://a:1"), ("http://a:1/v1/", "http://a:1")])
  func addresses(written: String, meant: String) {
    #expect(ModelServer(address: written, api: .openai, client: client).address == meant)
  }

  @Test(
    "Broken answers end with an error, whatever came before",
    arguments: [
      (ModelServer.API.ollama, #"{"error":"out of memory"}"#, ModelError.gaveUp(message: "out of memory")),
      (.ollama, "{]", .unreadable("a line of its answer is not JSON of the expected kind")),
      (.ollama, #"{"message":{"content":"x"},"done":false}"#, .gaveUp(message: "it ended in the middle.")),
      (.openai, #"data: {"error":{"message":"slot lost"}}"#, .gaveUp(message: "slot lost")),
      (.openai, #"data: {"choices":[{"delta":{"content":"x"}}]}"#, .gaveUp(message: "it ended in the middle.")),
    ])
  func brokenAnswer(api: ModelServer.API, line: String, error: ModelError) async throws {
    let good =
      api == .ollama
      ? #"{"message":{"content":"x"},"done":false}"# + "\n" : #"data: {"choices":[{"delta":{"content":"x"}}]}"# + "\n\n"
    let server = try answering(good + line + "\n", api)
    await #expect(throws: error) { try await heard(server.model) }
  }

  @Test("llama.cpp's own speed, thoughts, comments and a stream without its last mark are read")
  func llamaAnswer() async throws {
    let events = [
      ": a comment", "event: message", #"data: {"choices":[{"delta":{"role":"assistant","content":null}}]}"#,
      #"data:{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#, #"data: {"choices":[{"delta":{"content":"x"}}]}"#,
      #"data: {"choices":[{"delta":{},"finish_reason":"stop"}],"timings":{"predicted_n":7,"predicted_per_second":81.5}}"#,
    ]
    let server = try answering(events.joined(separator: "\r\n\r\n"), .openai)
    let answer = try await server.model.generate(model: "m", prompt: "p")
    var heard: [GenerationEvent] = []
    for try await event in answer { heard.append(event) }
    #expect(heard == [.thinking("hm"), .text("x"), .done(GenerationSummary(tokens: 7, tokensPerSecond: 81.5))])
  }

  @Test(
    "The question holds the prompt as it is, asks for a stream, and bounds the tokens where asked to",
    arguments: [
      (ModelServer.API.ollama, Int?.some(0), #""num_predict":1}"#, "/api/chat"), (.ollama, nil, #""stream":true"#, "/api/chat"),
      (.openai, 16, #""max_tokens":16"#, "/v1/chat/completions"),
      (.openai, nil, #""include_usage":true"#, "/v1/chat/completions"),
    ])
  func question(api: ModelServer.API, tokens: Int?, part: String, path: String) async throws {
    let seen = Mutex("")
    let server = try ScriptedServer { connection in
      let head = try connection.readHead()
      let length = head.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Content-Length: ") }.flatMap {
        Int($0.dropFirst(16))
      }
      let body = String(decoding: try connection.read(length ?? 0), as: UTF8.self)
      seen.withLock { $0 = head + body }
      try connection.write("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")
    }
    let model = ModelServer(address: "http://127.0.0.1:\(server.port)/", api: api, client: client)
    await #expect(throws: ModelError.refused(status: 500, message: "")) {
      try await model.generate(model: "m:1", prompt: "\"quoted\"\nand ä", tokens: tokens)
    }
    let question = seen.withLock { $0 }
    #expect(question.hasPrefix("POST \(path) HTTP/1.1"))
    #expect(question.contains("Content-Type: application/json"))
    #expect(question.contains(#""model":"m:1""#) && question.contains(#"\"quoted\"\nand ä"#) && question.contains(part))
    #expect(tokens != nil || !question.contains("num_predict") && !question.contains("max_tokens"))
  }

  @Test("Dropping an answer closes the connection, so that the server stops")
  func dropped() async throws {
    let gone = Mutex<Bool?>(nil)
    let server = try ScriptedServer { connection in
      _ = try connection.readHead()
      try connection.write("HTTP/1.1 200 OK\r\n\r\n" + #"{"message":{"content":"x"},"done":false}"# + "\n")
      let isGone = connection.clientIsGone(within: 60)
      gone.withLock { $0 = isGone }
    }
    let model = ModelServer(address: "http://127.0.0.1:\(server.port)", api: .ollama, client: client)
    do {
      var events = try await model.generate(model: "m", prompt: "p").makeAsyncIterator()
      #expect(try await events.next() == .text("x"))
    }
    while gone.withLock({ $0 == nil }) { try await Task.sleep(for: .milliseconds(5)) }
    #expect(gone.withLock { $0 } == true)
  }

  private struct Served {
    var server: ScriptedServer
    var model: ModelServer
  }

  private func standIn(_ names: [String], _ api: ModelServer.API) throws -> Served {
    let server = try ollamaStandIn(names)
    return Served(server: server, model: ModelServer(address: "http://127.0.0.1:\(server.port)", api: api, client: client))
  }

  private func answering(_ body: String, _ api: ModelServer.API) throws -> Served {
    let server = try ScriptedServer { connection in
      _ = try connection.readHead()
      try connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\(body)")
    }
    return Served(server: server, model: ModelServer(address: "http://127.0.0.1:\(server.port)", api: api, client: client))
  }

  private func heard(_ model: ModelServer) async throws -> (text: [String], summary: GenerationSummary?) {
    var (text, summary) = ([String](), GenerationSummary?.none)
    for try await event in try await model.generate(model: "gemma3:270m", prompt: "Hi", tokens: 8) {
      switch event {
      case .text(let piece): text.append(piece)
      case .thinking: break
      case .done(let told): summary = told
      }
    }
    return (text, summary)
  }
}
