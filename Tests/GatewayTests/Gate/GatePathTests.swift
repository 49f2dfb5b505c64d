import Model
import Testing

@testable import Gateway

@Suite("The gate's list of what it passes")
struct GatePathTests {
  @Test(
    "has what runs a model, and facts",
    arguments: [
      (RequestVerb.post, "/api/chat", ModelAPI.ollama, GateVerb.inference), (.post, "/api/generate", .ollama, .inference),
      (.post, "/api/embed", .ollama, .inference), (.post, "/api/embeddings", .ollama, .inference),
      (.post, "/v1/chat/completions", .ollama, .inference), (.post, "/v1/completions", .openai, .inference),
      (.post, "/v1/embeddings", .openai, .inference), (.post, "/v1/responses", .ollama, .inference),
      (.post, "/v1/messages", .ollama, .inference), (.get, "/v1/models", .openai, .list), (.head, "/api/tags", .ollama, .list),
      (.get, "/api/ps", .ollama, .list), (.get, "/", .ollama, .facts), (.head, "/api/version", .ollama, .facts),
      (.get, "/v1/models/gemma3:270m", .ollama, .model(11..<22)), (.get, "/v1/models/a.b-c_d", .openai, .model(11..<18)),
    ])
  func passes(verb: RequestVerb, path: String, api: ModelAPI, expected: GateVerb) {
    #expect(GateVerb(verb, Array(path.utf8).span, api) == expected)
  }

  /// The first column of Ollama's own spellings of `/api/copy`, and more.
  static let refused: [String] =
    ["pull", "push", "create", "copy", "delete", "show", "blobs/sha256:0", "me", "signout", "experimental/aliases", "web_search"]
    .flatMap { verb in
      [
        "/api/\(verb)", "/api/%\(String(verb.utf8.first ?? 0, radix: 16))\(verb.dropFirst())", "/api%2f\(verb)", "/api/\(verb)/",
        "//api/\(verb)", "/api//\(verb)", "/api/./\(verb)", "/api/x/../\(verb)", "/api/chat/../\(verb)", "/API/\(verb)",
        "/api/\(verb);x", "http://h/api/\(verb)", "/api/chat%2f..%2f\(verb)", "/api\\\(verb)", "/\(verb)", "",
      ]
    } + [
      "/api/chat/", "/api/Chat", "/API/chat", "//api/chat", "/api//chat", "/api/%63hat", "/api/chat%20", "/api/chat;", "/api",
      "/v1", "/v1/", "/v1/chat", "/v1/audio/transcriptions", "/v1/images/generations", "/v1/models/", "/v1/models/.",
      "/v1/models/..", "/v1/models/a/b", "/v1/models/a%2fb", "/v1/models/%2e%2e", "/v1/models/a\\b", "/debug/pprof/", "/metrics",
      "/slots", "/props", "/health", "/infill", "/tokenize", "/lora-adapters", "/v1/Chat/completions",
    ]

  @Test("has nothing else, in any spelling, by any method", arguments: RequestVerb.allCases)
  func refuses(verb: RequestVerb) {
    for path in Self.refused {
      for api in [ModelAPI.ollama, .openai] { #expect(GateVerb(verb, Array(path.utf8).span, api) == nil, "\(verb) \(path)") }
    }
    for path in ["/api/chat", "/v1/completions"] where verb != .post {
      #expect(GateVerb(verb, Array(path.utf8).span, .ollama) == nil)
    }
    for path in ["/api/tags", "/api/chat", "/api/version", "/"] {
      #expect(GateVerb(verb, Array(path.utf8).span, .openai) == nil, "no Ollama is behind it")
    }
  }

  @Test("answers in the form of the API that was asked")
  func forms() {
    func body(_ path: String, _ status: Int) -> String {
      String(decoding: GateForm(Array(path.utf8).span).body(status, "x"), as: UTF8.self)
    }
    #expect(body("/api/chat", 403) == "{\"error\":\"x\"}\n")
    #expect(body("/", 403) == "{\"error\":\"x\"}\n")
    #expect(
      body("/v1/chat/completions", 429)
        == "{\"error\":{\"message\":\"x\",\"type\":\"rate_limit_error\",\"param\":null,\"code\":null}}\n")
    #expect(body("/v1/messages", 401) == "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"x\"}}\n")
    for status in 400...599 { #expect(!GateForm.message(status).contains { "\"\\\n".contains($0) }) }
  }
}
