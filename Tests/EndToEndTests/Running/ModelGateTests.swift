import Client
import Model
import Testing

extension RunningStackTests {
  @Suite("The gate before the real model")
  struct ModelGate {
    @Test("streams its answer piece by piece to a key, counts it, and stops it when the client leaves")
    func streams() async throws {
      let stack = try RunningStack.stack()
      let key = try await stack.key("gate", "--for", "llm", "--models", "gemma-3-270m")
      try await until("the key counts", within: 10) {
        try await stack.statusCode(stack.url("/llm/v1/models"), "-H", "X-API-Key: \(key)") == 200
      }
      let client = HTTPClient()
      let body = Array(
        #"{"model":"gemma-3-270m","stream":true,"max_tokens":24,"messages":[{"role":"user","content":"Count to ten."}]}"#.utf8)
      let fields = [
        ("Authorization", "Bearer \(key)"), ("Content-Type", "application/json"), ("Origin", "https://elsewhere.example"),
      ]
      let request = try ClientRequest(
        "POST", url: stack.url("/llm/v1/chat/completions"), fields: fields.map { (name: $0.0, value: $0.1) }, body: body,
        timeouts: .stream)
      let stream = try await client.stream(request)
      #expect(stream.status == 200 && stream.head.field("Access-Control-Allow-Origin") != "https://elsewhere.example")
      var times: [ContinuousClock.Instant] = []
      var text = ""
      for try await piece in stream {
        times.append(.now)
        text += String(decoding: piece, as: UTF8.self)
      }
      #expect(times.count > 3 && text.contains("data: [DONE]"), "\(text)")
      try await until("the tokens are kept", within: 10) {
        let list = try await stack.leanto("key", "list").output
        return list.contains("gate") && !list.contains("0+0")
      }
      // Left in the middle, the model is free for the next one at once.
      for _ in 0..<2 {
        let left = try await client.stream(request)
        for try await _ in left { break }
        left.cancel()
      }
      let answer = try await client.send(request)
      #expect(answer.status == 200)
      #expect(try await stack.statusCode(stack.url("/llm/api/tags"), "-H", "X-API-Key: \(key)") == 403)
      #expect(try await stack.statusCode(stack.url("/llm/slots"), "-H", "X-API-Key: \(key)") == 403)
      #expect(try await stack.leanto("key", "revoke", "gate").status == 0)
    }
  }
}
