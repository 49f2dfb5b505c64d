import Glibc
import Model
import Testing

extension LifecycleTests {
  @Suite("A session")
  struct Session {
    @Test("opens every place with its cookie alone, which no application gets, and ends with the password")
    func session() async throws {
      try await withServing { stack in
        let (own, app) = (stack.url("/leanto/whoami"), stack.url("/hello/a"))
        #expect(try await stack.statusCode(own) == 401)
        let cookie = try #require(Self.cookie(try await stack.curl("-i", "-u", stack.credentials, app)))
        #expect(cookie.hasPrefix("leanto-session="))
        #expect(Self.cookie(try await stack.curl("-i", "-u", stack.credentials, own)) != nil)
        #expect(try await stack.curl("-b", cookie, own).contains("\"user\":\"ada\""))

        let seen = try await stack.curl("-b", "theme=dark; \(cookie)", "-H", "Authorization: Bearer of-the-app", app)
        #expect(seen.contains("theme=dark") && seen.contains("Bearer of-the-app"), "\(seen)")
        #expect(!seen.contains("leanto-session"), "\(seen)")
        let open = try await stack.curl("-b", "theme=dark; \(cookie)", stack.url("/hello/open/x"))
        #expect(open.contains("theme=dark") && !open.contains("leanto-session"), "\(open)")

        let changed = try await stack.leanto("user", "password", "ada", input: "quite another password\n")
        #expect(changed.status == 0, "\(changed.all)")
        try await until("the session has ended", within: 5) { try await stack.statusCode(own, "-b", cookie) == 401 }
      }
    }

    @Test("is bound to https where the client speaks it, and goes on over a restart")
    func secure() async throws {
      try await withServing { stack in
        let own = stack.url("/leanto/whoami", on: stack.tunnel)
        let https = ["-H", "X-Forwarded-Proto: https", "-H", "X-Forwarded-For: 203.0.113.9"]
        let answer = try await stack.curl("-i", https[0], https[1], https[2], https[3], "-u", stack.credentials, own)
        let cookie = try #require(Self.cookie(answer))
        #expect(cookie.hasPrefix("__Host-leanto=") && answer.contains("; HttpOnly; SameSite=Lax; Secure\r\n"), "\(answer)")
        #expect(try await stack.statusCode(own, "-b", cookie) == 401)
        #expect(try await stack.statusCode(own, https[0], https[1], "-b", cookie) == 200)
        let before = TemporaryFolder.text(of: stack.directory.sessionKey)
        #expect(before.count > 64)
        try await restart(stack)
        #expect(TemporaryFolder.text(of: stack.directory.sessionKey) == before)
        #expect(try await stack.statusCode(own, https[0], https[1], "-b", cookie) == 200)
      }
    }

    @Test("opens no handshake and changes nothing of ours for a page of another site")
    func forgery() async throws {
      try await withServing { stack in
        let app = stack.url("/hello/a")
        let cookie = try #require(Self.cookie(try await stack.curl("-i", "-u", stack.credentials, app)))
        let handshake = [
          "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZQ==",
        ]
        .flatMap { ["-H", $0] }
        for (origin, isRefused) in [(nil, true), ("http://evil.example", true), ("http://127.0.0.1:\(stack.local)", false)]
          as [(String?, Bool)]
        {
          let from = origin.map { ["-H", "Origin: \($0)"] } ?? []
          let status = try await status(stack, handshake + from + ["-b", cookie, app])
          #expect((status == 403) == isRefused, "\(origin ?? "no origin"): \(status)")
          let asked = try await self.status(stack, from + ["-b", cookie, "-d", "Why?", stack.url("/leanto/ask")])
          #expect((asked == 403) == isRefused, "\(origin ?? "no origin"): \(asked)")
        }
        #expect(try await status(stack, handshake + ["-u", stack.credentials, app]) != 403)
      }
    }

    private func status(_ stack: TemporaryStack, _ arguments: [String]) async throws -> Int {
      let all = ["curl", "-sS", "--max-time", "20", "-o", "/dev/null", "-w", "%{http_code}"] + arguments
      return Int(try await ChildProcess(all, folder: stack.folder).outcome(within: 25).output) ?? 0
    }

    /// `name=value` of ours that an answer sets.
    private static func cookie(_ answer: String) -> String? {
      answer.split(separator: "\r\n").first { $0.hasPrefix("Set-Cookie: ") && $0.contains("leanto") }.map {
        String($0.dropFirst("Set-Cookie: ".count).prefix { $0 != ";" })
      }
    }
  }
}
