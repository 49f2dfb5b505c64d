import Model
import Testing

extension RunningStackTests {
  @Suite("The door")
  struct Door {
    static let places = ["/leanto/", "/hello/", "/gradio/", "/lab1/lab", "/model/v1/models"]

    @Test("Without credentials every place asks for them, on both listeners", arguments: places)
    func none(path: String) async throws {
      let stack = try RunningStack.stack()
      for port in [stack.local, stack.tunnel] {
        let answer = try await stack.curl("-i", stack.url(path, on: port))
        #expect(answer.hasPrefix("HTTP/1.1 401"), "\(answer.prefix(300))")
        #expect(answer.lowercased().contains("www-authenticate: basic realm="))
      }
    }

    @Test("A wrong password, an unknown person and half a credential are told the same: 401", arguments: places)
    func wrong(path: String) async throws {
      let stack = try RunningStack.stack()
      #expect(try await stack.statusCode(stack.url(path), "-u", "ada:wrong password") == 401)
      #expect(try await stack.statusCode(stack.url(path, on: stack.tunnel), "-u", "nobody:\(stack.password)") == 401)
      #expect(try await stack.statusCode(stack.url(path), "-H", "Authorization: Basic YWRh") == 401)
      #expect(try await stack.statusCode(stack.url(path), "-H", "Authorization: Bearer abc") == 401)
    }

    @Test("The right password opens every place, on both listeners", arguments: places)
    func right(path: String) async throws {
      let stack = try RunningStack.stack()
      for port in [stack.local, stack.tunnel] {
        let code = try await stack.statusCode(stack.url(path, on: port), "-u", stack.credentials)
        #expect((200..<400).contains(code), "\(path) answered \(code)")
      }
    }

    @Test("A public path needs no credentials; what only looks like one does")
    func publicPaths() async throws {
      let stack = try RunningStack.stack()
      #expect(try await stack.statusCode(stack.url("/hello/open/x", on: stack.tunnel)) == 200)
      for path in [
        "/hello/open/../x", "/hello/open/%2e%2e/x", "/hello/openx", "/hello/open", "/hello//open/x", "/hello/open/%2Fx",
      ] {
        let code = try await stack.statusCode(stack.url(path, on: stack.tunnel), "--path-as-is")
        #expect(code == 401 || code == 400, "\(path) answered \(code)")
      }
    }

    @Test("The credentials of the door stay at the door, and forwarded fields are the gateway's own")
    func forwarded() async throws {
      let stack = try RunningStack.stack()
      let answer = try await stack.curl(
        "-u", stack.credentials, "-H", "X-Forwarded-For: 6.6.6.6", "-H", "X-Forwarded-Host: evil.example",
        stack.url("/hello/a?b=c"))
      #expect(!answer.lowercased().contains("authorization"))
      #expect(answer.contains(#""path": "/a?b=c""#), "\(answer)")
      #expect(!answer.contains("6.6.6.6") && !answer.contains("evil.example"))
    }

    @Test("The tunnel's agent is believed about its client, and nobody else is")
    func tunnel() async throws {
      let stack = try RunningStack.stack()
      let answer = try await stack.curl(
        "-u", stack.credentials, "-H", "X-Forwarded-For: 203.0.113.9", "-H", "X-Forwarded-Proto: https",
        stack.url("/hello/", on: stack.tunnel))
      #expect(answer.contains("203.0.113.9") && answer.contains(#"["X-Forwarded-Proto", "https"]"#), "\(answer)")
    }

    @Test("A person who is added may enter at once, and one who is removed may not")
    func users() async throws {
      let stack = try RunningStack.stack()
      let daemon = stack.daemon
      #expect(try await stack.statusCode(stack.url("/hello/"), "-u", "bob:a long password of bob") == 401)
      let added = try await stack.leanto("user", "add", "bob", input: "a long password of bob\n")
      #expect(added.status == 0, "\(added.all)")
      try await until("bob may enter", within: 5) {
        try await stack.statusCode(stack.url("/hello/"), "-u", "bob:a long password of bob") == 200
      }
      #expect(try await stack.leanto("user", "list").output.contains("bob"))
      #expect(try await stack.leanto("user", "remove", "bob").status == 0)
      try await until("bob may not enter", within: 5) {
        try await stack.statusCode(stack.url("/hello/"), "-u", "bob:a long password of bob") == 401
      }
      #expect(stack.daemon == daemon)
    }

    @Test("What Apache's htpasswd writes into the users' file is a person like any other")
    func htpasswd() async throws {
      let stack = try RunningStack.stack()
      let written = try await ChildProcess(
        ["htpasswd", "-i", "-B", "-C", "10", stack.directory.users, "eve"], input: "a long password of eve\n",
        folder: stack.folder
      ).outcome(within: 20)
      #expect(written.status == 0, "\(written.all)")
      try await until("eve may enter", within: 5) {
        try await stack.statusCode(stack.url("/hello/"), "-u", "eve:a long password of eve") == 200
      }
      #expect(try await stack.leanto("user", "remove", "eve").status == 0)
    }
  }
}
