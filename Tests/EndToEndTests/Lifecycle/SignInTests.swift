import Glibc
import Model
import Testing

extension LifecycleTests {
  @Suite("The sign-in page")
  struct SignIn {
    @Test("is where a browser is led, and from there back; a program is challenged")
    func page() async throws {
      try await withServing(access: "{ throttle: off, sign-in: page }") { stack in
        let place = stack.url("/hello/a?b=c&d=%2F")
        let html = ["-H", "Accept: text/html,*/*;q=0.8", "-H", "Sec-Fetch-Mode: navigate"]
        let asked = try await curl(stack, html + ["-i", place])
        #expect(asked.hasPrefix("HTTP/1.1 302"), "\(asked)")
        #expect(asked.contains("Location: /leanto/login?to=/hello/a%3Fb%3Dc%26d%3D%252F\r\n"), "\(asked)")
        #expect(try await curl(stack, ["-i", place]).contains("WWW-Authenticate: Basic"))
        #expect(
          try await curl(stack, ["-i", "-H", "Accept: text/html", "-H", "Sec-Fetch-Mode: cors", place]).hasPrefix("HTTP/1.1 401"))
        #expect(try await curl(stack, html + ["-i", "-X", "POST", place]).hasPrefix("HTTP/1.1 401"))

        let login = stack.url("/leanto/login?to=/hello/a%3Fb%3Dc")
        let form = try await curl(stack, html + ["-i", login])
        #expect(form.hasPrefix("HTTP/1.1 200") && form.contains("name=\"password\""), "\(form)")
        let jar = stack.folder.path + "/jar"
        let wrong = try await curl(stack, ["-i", "-d", "name=ada&password=wrong&to=/hello/a", stack.url("/leanto/login")])
        #expect(wrong.hasPrefix("HTTP/1.1 401") && !wrong.contains("Set-Cookie") && !wrong.contains("Basic"), "\(wrong)")
        let right = try await curl(
          stack,
          [
            "-i", "-c", jar, "-d", "name=ada&to=/hello/a%3Fb%3Dc", "--data-urlencode", "password=\(stack.password)",
            stack.url("/leanto/login"),
          ])
        #expect(right.hasPrefix("HTTP/1.1 303") && right.contains("Location: /hello/a?b=c\r\n"), "\(right)")
        #expect(try await curl(stack, ["-b", jar, stack.url("/hello/a?b=c")]).contains(#""path": "/a?b=c""#))

        #expect(try await curl(stack, ["-b", jar, stack.url("/leanto/logout")]).contains("signed out"))
        // Not only forgotten by the browser: over.
        #expect(try await curl(stack, ["-i", "-b", jar, place]).hasPrefix("HTTP/1.1 401"))
        try await restart(stack)
        #expect(try await curl(stack, ["-i", "-b", jar, place]).hasPrefix("HTTP/1.1 401"))
      }
    }

    @Test("is at every host, and no box opens over a page where there is nothing else")
    func only() async throws {
      let port = try Lab.freePort()
      let more = "  own: { upstream: \"http://127.0.0.1:\(port)\", at: own.localhost }"
      try await withServing(more: more, access: "{ throttle: off, sign-in: page }") { stack in
        let host = ["-H", "Host: own.localhost", "-i"]
        let asked = try await curl(stack, host + ["-H", "Accept: text/html", stack.url("/x")])
        #expect(asked.contains("Location: /leanto/login?to=/x\r\n"), "\(asked)")
        #expect(try await curl(stack, host + [stack.url("/leanto/login")]).hasPrefix("HTTP/1.1 200"))
        let part = try await curl(stack, host + ["-H", "Sec-Fetch-Mode: cors", stack.url("/x")])
        #expect(part.hasPrefix("HTTP/1.1 401") && part.contains("WWW-Authenticate: Session"), "\(part)")
        #expect(try await curl(stack, host + ["-u", stack.credentials, stack.url("/x")]).hasPrefix("HTTP/1.1 502"))
      }
    }

    private func curl(_ stack: TemporaryStack, _ arguments: [String]) async throws -> String {
      let all = ["curl", "-sS", "--max-time", "20"] + arguments
      return try await ChildProcess(all, folder: stack.folder).outcome(within: 25).output
    }
  }
}
