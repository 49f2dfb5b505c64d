import Model
import TestSupport
import Testing

extension LifecycleTests {
  @Suite("The model's gate", .enabled(if: OllamaStandIn.canRun, "python3 is not installed"))
  struct Gate {
    @Test("serves keys an Ollama behind both places, counts for them, and is proven")
    func gate() async throws {
      let ollama = try await OllamaStandIn()
      try await withGate(ollama) { (stack) async throws in
        let key = try await stack.key("lap", "--for", "llm", "--rate", "40/min")
        let other = try await stack.key("other", "--for", "llm", "--models", "nope:1")
        try await until("the keys count", within: 10) {
          try await stack.statusCode(stack.url("/llm/api/version"), "-H", "X-API-Key: \(other)") == 200
        }
        let body = #"{"model":"gemma3:270m","messages":[{"role":"user","content":"Hi"}],"options":{"num_predict":5}}"#
        let chat = try await stack.curl("-H", "Authorization: Bearer \(key)", "-d", body, stack.url("/llm/api/chat"))
        #expect(chat.contains("\"done\":true") && chat.contains("\"eval_count\":5"), "\(chat)")
        let hosted = try await stack.curl(
          "-H", "Authorization: Bearer \(key)", "-H", "Host: ollama.localhost", stack.url("/api/tags"))
        #expect(hosted.contains("gemma3:270m"))
        let tags = try await stack.curl("-H", "X-API-Key: \(other)", stack.url("/llm/api/tags"))
        #expect(tags == "{\"models\":[]}")
        let refused: [(String, [String], Int)] = [
          ("/llm/api/chat", ["-H", "X-API-Key: \(other)", "-d", body], 403), ("/llm/api/chat", ["-d", body], 401),
          ("/llm/api/chat", ["-u", stack.credentials, "-d", body], 401),
          ("/llm/api/pull", ["-H", "X-API-Key: \(key)", "-d", body], 403),
          ("/llm/api/%70ull", ["-H", "X-API-Key: \(key)", "-d", body], 403),
        ]
        for (path, arguments, status) in refused {
          let all = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}"] + arguments + [stack.url(path)]
          let outcome = try await ChildProcess(all, folder: stack.folder).outcome(within: 30)
          #expect(outcome.output == "\(status)", "\(path) \(outcome.all)")
        }
        #expect(try !ollama.requests().contains("pull"))
        try await until("the tokens are kept", within: 10) {
          try await stack.leanto("key", "list", "--json").output.contains("\"generatedTokens\" : 5")
        }
        var last = 0
        for _ in 0..<45 where last != 429 {
          last = try await stack.statusCode(stack.url("/llm/api/version"), "-H", "X-API-Key: \(key)")
        }
        #expect(last == 429)
        let proofs = try await stack.leanto("verify", "--json")
        #expect(proofs.output.contains("\"model gate\"") && !proofs.output.contains(": \"failed\""), "\(proofs.all)")
      }
    }

    private func withGate(_ ollama: OllamaStandIn, _ body: (TemporaryStack) async throws -> Void) async throws {
      let services = "  notes: { upstream: \"http://127.0.0.1:\(ollama.port)\", at: /notes/ }"
      let more = "llm: { address: \"\(ollama.address)\", expose: keys, models: [\"gemma3:270m\"] }"
      try await withStack(services: services, more: more) { (stack) async throws in
        _ = try stack.start(["serve"])
        try await until("the gate answers", within: 20) { try await stack.statusCode(stack.url("/llm/")) == 401 }
        try await body(stack)
      }
    }
  }
}

extension TemporaryStack {
  /// A new key.
  func key(_ arguments: String...) async throws -> String {
    let added = try await start(["key", "add"] + arguments).outcome(within: 60)
    #expect(added.status == 0, "\(added.all)")
    return try #require(
      added.output.split(whereSeparator: \.isWhitespace).map(String.init).first { $0.hasPrefix("leanto_") && $0.count == 50 })
  }
}
