import Model
import TestSupport
import Testing

/// An application whose own pages put their own token into Authorization.
@Suite(
  "JupyterLab with a token of its own",
  .enabled(if: Lab.hasBinary, "the release binary is not there: make build"),
  .enabled(if: Lab.hasApplications, "the applications are not there: Scripts/install-test-tools"), .timeLimit(.minutes(5)))
struct TokenTests {
  @Test("is reached by the session's cookie beside it: pages, calls and a kernel's websocket, and by neither alone")
  func token() async throws {
    let home = try TemporaryFolder()
    defer { home.remove() }
    try await withStack(services: Self.service(port: try Lab.freePort(), home: home.path)) { stack in
      try await stack.up()
      let sessions = stack.url("/lab2/api/sessions")
      let token = ["-H", "Authorization: token of-the-lab"]
      let signedIn = try await stack.curl("-i", "-u", stack.credentials, stack.url("/leanto/whoami"))
      let field = try #require(signedIn.split(separator: "\r\n").first { $0.hasPrefix("Set-Cookie: leanto-session=") })
      let cookie = String(field.dropFirst(12).prefix { $0 != ";" })
      #expect(try await stack.statusCode(sessions, token[0], token[1], "-b", cookie) == 200)
      #expect(try await stack.statusCode(sessions, token[0], token[1]) == 401)
      #expect(try await stack.statusCode(sessions, "-b", cookie) == 403, "the token is JupyterLab's to ask for")
      #expect(try await stack.statusCode(stack.url("/lab2/lab?token=of-the-lab"), "-b", cookie) == 200)
      let kernel = try await stack.curl(
        "-X", "POST", token[0], token[1], "-b", cookie, "-H", "Content-Type: application/json", "-d", "{}",
        stack.url("/lab2/api/kernels"))
      let identifier = try #require(kernel.split(separator: "\"").map(String.init).first { $0.count == 36 }, "\(kernel)")
      let own = "Origin: http://127.0.0.1:\(stack.local)"
      for (fields, status) in [
        ([own, "Cookie: \(cookie)"], 101), ([own], 401), (["Origin: http://evil.example", "Cookie: \(cookie)"], 403),
      ] {
        let client = try RawConnection(port: UInt16(stack.local))
        let all =
          [
            "GET /lab2/api/kernels/\(identifier)/channels?token=of-the-lab HTTP/1.1", "Host: 127.0.0.1:\(stack.local)",
            "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
          ] + fields
        try client.send(all.map { $0 + "\r\n" }.joined() + "\r\n")
        #expect(try client.anyHead(.seconds(60)).status == status, "\(fields)")
      }
    }
  }

  private static func service(port: Int, home: String) -> String {
    """
      lab:
        command:
          - "\(Lab.python)"
          - "-m"
          - jupyterlab
          - "--no-browser"
          - "--allow-root"
          - "--ip=127.0.0.1"
          - "--port=\(port)"
          - "--ServerApp.port_retries=0"
          - "--ServerApp.base_url=/lab2/"
          - "--IdentityProvider.token=of-the-lab"
        port: \(port)
        at: /lab2/
        environment: { HOME: "\(home)" }
        prefix: keep
        health: { http: /lab2/api, status: 200 }
    """
  }
}
