import Model
import TestSupport
import Testing

extension LifecycleTests {
  @Suite("A browser with Safari's rules")
  struct Editor {
    /// Behaves as n8n 2.41.1 does where it matters here: it checks Origin against X-Forwarded-Host, and has a webhook that shows
    /// which fields it got (facts of its push channel and of its Webhook node).
    @Sendable private static func n8nStandIn(_ exchange: UpstreamExchange) throws {
      let request = exchange.request
      guard request.target == "/rest/push?pushRef=x" else {
        let shown = request.head.fields.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        return try exchange.answer(body: "\(request.method) \(request.target)\n\(shown)")
      }
      let host = request["X-Forwarded-Host"] ?? request["Host"] ?? ""
      guard request["Origin"] == "http://\(host)" else { return try exchange.answer("400 Invalid origin") }
      try exchange.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
      )
      try exchange.echo()
    }

    @Test("gets through n8n's editor: it signs in once, and sends no password with websockets and its pages' own calls")
    func editor() async throws {
      try await with { (stack) async throws in
        func ask(_ path: String, _ fields: [String], method: String = "GET") throws -> WireResponse {
          let client = try RawConnection(port: UInt16(stack.local))
          try client.send(Self.head("\(method) \(path) HTTP/1.1", ["Host: 127.0.0.1:\(stack.local)"] + fields))
          return try client.response(to: method)
        }
        let first = try ask("/n8n/", ["Authorization: \(basicAuthorization(stack.credentials))"])
        #expect(first.status == 200)
        let cookie = "Cookie: " + (first.values("Set-Cookie").first.map { String($0.prefix { $0 != ";" }) } ?? "")
        // Each as the page makes it: a module, a call with a token of n8n's own, a manifest without anything but the cookie.
        for (path, fields) in [
          ("/n8n/assets/index.js", [String]()), ("/n8n/rest/settings", ["Authorization: Bearer of-n8n"]),
          ("/n8n/manifest.json", ["Sec-Fetch-Mode: cors"]),
        ] {
          let answer = try ask(path, [cookie] + fields)
          #expect(answer.status == 200 && !answer.text.contains("leanto-session"), "\(path): \(answer.text)")
          #expect(fields.isEmpty || !fields[0].contains("Bearer") || answer.text.contains("Bearer of-n8n"))
        }
        let handshake = [
          "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        let push = "/n8n/rest/push?pushRef=x"
        let own = "Origin: http://127.0.0.1:\(stack.local)"
        let password = "Authorization: \(basicAuthorization(stack.credentials))"
        for (fields, status) in [
          ([own, cookie], 101), ([cookie], 403), (["Origin: http://evil.example", cookie], 403), (["Origin: null", cookie], 403),
          ([own], 401), ([own, password], 101), (["Origin: http://evil.example", password], 403),
        ] {
          let client = try RawConnection(port: UInt16(stack.local))
          try client.send(Self.head("GET \(push) HTTP/1.1", ["Host: 127.0.0.1:\(stack.local)"] + handshake + fields))
          let answer = try client.anyHead()
          #expect(answer.status == status, "\(fields)")
          guard status == 101 else { continue }
          try client.send("ping")
          #expect(try client.bytes(4) == Array("ping".utf8))
        }
      }
    }

    @Test("and a webhook's caller keeps his own credentials, whatever they are, while the door's stay here")
    func webhook() async throws {
      try await with { (stack) async throws in
        func seen(_ method: String, _ fields: [String]) throws -> WireResponse {
          let client = try RawConnection(port: UInt16(stack.tunnel))
          try client.send(
            Self.head("\(method) /n8n/webhook/x?a=%2f HTTP/1.1", ["Host: lean.example", "X-Forwarded-For: 203.0.113.9"] + fields))
          return try client.response(to: method, .seconds(60))
        }
        for own in ["Basic " + "Y2FsbGVyOnNlY3JldA==", "Bearer of-the-caller", "Digest x", "leanto"] {
          #expect(try seen("POST", ["Content-Length: 0", "Authorization: \(own)"]).text.contains("Authorization: \(own)"))
        }
        for ours in [basicAuthorization(stack.credentials), "Bearer leanto_0123456789"] {
          let answer = try seen("POST", ["Content-Length: 0", "Authorization: \(ours)"])
          #expect(answer.status == 200 && !answer.text.contains("Authorization"), "\(answer.text)")
        }
        // A browser asks first without any credentials, and a monitor looks with HEAD.
        let preflight = try seen("OPTIONS", ["Origin: https://shop.example", "Access-Control-Request-Method: POST"])
        #expect(
          preflight.status == 200 && preflight.text.hasPrefix("OPTIONS /webhook/x?a=%2f")
            && preflight.text.contains("Origin: https://shop.example"))
        #expect(try seen("HEAD", []).status == 200)
      }
    }

    private static func head(_ line: String, _ fields: [String]) -> String {
      ([line] + fields).map { $0 + "\r\n" }.joined() + "\r\n"
    }

    private func with(_ body: (TemporaryStack) async throws -> Void) async throws {
      let n8n = try ScriptedUpstream()
      n8n.start { try Self.n8nStandIn($0) }
      defer { n8n.stop() }
      let services = "  n8n: { preset: n8n, upstream: \"http://127.0.0.1:\(n8n.port)\", at: /n8n/, public: [webhooks] }"
      try await withStack(services: services, access: "{ sign-in: both }") { (stack) async throws in
        _ = try stack.start(["serve"])
        try await until("the door answers", within: 20) { try await stack.statusCode(stack.url("/leanto/whoami")) == 401 }
        try await body(stack)
      }
    }
  }
}
