import TestSupport
import Testing

@Suite("Public paths are public, and nothing else is", .conformance)
struct PublicPathTests {
  static let open = [
    "/webhook/", "/webhook/x", "/webhook/x/y?z=1", "/webhook/%41", "/webhook/a.b",
    "/webhook/.hidden", "/hook",
    "/hook/x", "/hook?x=1", "/webhook/x?a=/../b", "/webhook/x?%2f%5c%00", "/hook?", "/webhook/a-b_c~d!$&'()*+,=:@",
  ]

  @Test("A public path needs no credentials", arguments: open, [Site.Door.local, .tunnel])
  func passes(path: String, door: Site.Door) throws {
    try withSite { site in
      let response = try site.exchange(head("GET \(path) HTTP/1.1", "Host: {host}"), door)
      #expect(response.status == 200)
      #expect(site.upstream.requests.first?.target == path)
    }
  }

  @Test("A public path below a prefix needs none either", arguments: ["webhook/x", "hook", "hook?x"])
  func passesBelowPrefix(path: String) throws {
    try withSite { site in
      let response = try site.exchange(
        head("POST {prefix}\(path) HTTP/1.1", "Host: nobody.example", "Content-Length: 0"), to: "POST", .tunnel)
      #expect(response.status == 200)
      #expect(site.upstream.requests.first?.target == "/" + path)
    }
  }

  static let bypasses: [Case<String>] = [
    ("A dot-dot segment", "/webhook/../admin"), ("A dot-dot segment at the end", "/webhook/.."),
    ("A dot segment", "/webhook/./admin"),
    ("A dot segment at the end", "/webhook/."), ("Two of them", "/webhook/../../admin"), ("Deeper", "/webhook/a/../../admin"),
    ("Escaped dots", "/webhook/%2e%2e/admin"), ("Escaped dots in capitals", "/webhook/%2E%2E/admin"),
    ("One escaped dot", "/webhook/.%2e/admin"),
    ("The other dot escaped", "/webhook/%2e./admin"), ("An escaped single dot", "/webhook/%2e/admin"),
    ("Escaped twice", "/webhook/%252e%252e/admin"),
    ("Escaped three times", "/webhook/%25252e%25252e/admin"), ("Mixed depths", "/webhook/%2e%252e/admin"),
    ("An escaped slash", "/webhook/..%2fadmin"),
    ("An escaped slash in capitals", "/webhook/..%2Fadmin"), ("An escaped slash alone", "/webhook/a%2fb"),
    ("A slash escaped twice", "/webhook/..%252fadmin"),
    ("All escaped", "/webhook/%2e%2e%2fadmin"), ("A backslash", "/webhook/..\\admin"),
    ("A backslash for every slash", "/webhook\\..\\admin"),
    ("An escaped backslash", "/webhook/..%5cadmin"), ("A backslash escaped twice", "/webhook/..%255cadmin"),
    ("An empty segment", "/webhook//admin"),
    ("An empty segment before", "//webhook/x"), ("Empty segments and dots", "/webhook//../admin"),
    ("Dots after a parameter", "/webhook/..;/admin"),
    ("Dots with a parameter", "/webhook/..;x=y/admin"), ("Dots after an escaped semicolon", "/webhook/..%3b/admin"),
    ("A dot with a parameter", "/webhook/.;/admin"),
    ("An escaped NUL", "/webhook/%00/../admin"), ("An escaped NUL alone", "/webhook/a%00b"),
    ("A NUL escaped twice", "/webhook/%2500"),
    ("An escaped CR and LF", "/webhook/%0d%0aX:%20y"), ("An escaped tab", "/webhook/%09"), ("An escaped DEL", "/webhook/%7f"),
    ("Overlong dots", "/webhook/%c0%ae%c0%ae/admin"), ("Longer overlong dots", "/webhook/%e0%80%ae%e0%80%ae/admin"),
    ("An overlong slash", "/webhook/..%c0%afadmin"), ("Dots of the wide kind", "/webhook/%ef%bc%8e%ef%bc%8e/admin"),
    ("A byte above 0x7F", "/webhook/\u{e4}"),
    ("An escape of another kind", "/webhook/%u002e%u002e/admin"), ("A broken escape", "/webhook/%2/../admin"),
    ("Not hexadecimal", "/webhook/%zz/../admin"),
    ("An escape at the end that is cut short", "/webhook/%"),
    ("Without its slash", "/webhook"), ("A longer name", "/webhookx/admin"), ("Dots behind the name", "/webhook../admin"),
    ("A dash", "/webhook-test/x"),
    ("A longer name of a whole path", "/hookx"), ("A dot behind a whole path", "/hook.json"),
    ("A parameter behind a whole path", "/hook;x"),
    ("An escape behind a whole path", "/hook%2fx"), ("Dots below a whole path", "/hook/../admin"), ("Capitals", "/Webhook/x"),
    ("All capitals", "/HOOK"),
    ("An escaped letter of the name", "/%77ebhook/x"), ("An escaped slash of the name", "/webhook%2fx"),
    ("Only in the query", "/admin?/webhook/x"),
    ("Only in the query, by name", "/admin?path=/webhook/"), ("Only in a parameter", "/admin;/webhook/x"),
    ("In the middle", "/admin/webhook/x"),
    ("Behind a dot", "/./webhook/x"), ("Behind dots", "/admin/../webhook/x"), ("A fragment", "/admin#/webhook/x"),
    ("A fragment behind it", "/webhook/x#/../admin"),
    ("An escaped question mark", "/webhook/..%3f/admin"), ("An escaped hash", "/webhook/%23/../admin"),

  ].map { Case($0.0, "RFC 3986, 6", $0.1) }

  @Test("A path that could mean another one asks", arguments: bypasses)
  func bypass(path: Case<String>) throws {
    try withSite { site in
      for door in [Site.Door.local, .tunnel] {
        let response = try site.exchange(head("GET \(path.value) HTTP/1.1", "Host: {host}"), door)
        #expect((400..<500).contains(response.status) || (300..<400).contains(response.status))
      }
      let below = try site.exchange(head("GET {prefix}\(path.value.dropFirst()) HTTP/1.1", "Host: nobody.example"))
      #expect((400..<500).contains(below.status) || (300..<400).contains(below.status))
      #expect(site.upstream.requests.isEmpty)
    }
  }

  static let requests: [Case<String>] = [
    ("An absolute target of a closed path", "GET http://{host}/admin HTTP/1.1\r\nHost: {open}\r\n\r\n"),
    ("An absolute target with dots", "GET http://{host}/webhook/../admin HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("An absolute target without a path", "GET http://{host} HTTP/1.1\r\nHost: {open}\r\n\r\n"),
    ("An absolute target with user information", "GET http://{open}@{host}/admin HTTP/1.1\r\nHost: {open}\r\n\r\n"),
    ("An authority with a backslash", "GET http://{open}\\@{host}/admin HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("An authority of two slashes", "GET //{open}/admin HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("A fragment in an authority", "GET http://{host}#{open}/webhook/ HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("A query in an authority", "GET http://{host}?/webhook/x HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("X-Original-URL", "GET /admin HTTP/1.1\r\nHost: {host}\r\nX-Original-URL: /webhook/x\r\n\r\n"),
    ("X-Rewrite-URL", "GET /admin HTTP/1.1\r\nHost: {host}\r\nX-Rewrite-URL: /webhook/x\r\n\r\n"),
    ("X-Forwarded-Uri", "GET /admin HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Uri: /webhook/x\r\n\r\n"),
    ("X-Forwarded-Prefix", "GET /admin HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Prefix: /webhook\r\n\r\n"),
    ("X-HTTP-Method-Override", "GET /admin HTTP/1.1\r\nHost: {host}\r\nX-HTTP-Method-Override: OPTIONS\r\n\r\n"),
    ("X-Forwarded-Host", "GET /admin HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Host: {open}\r\n\r\n"),
    ("Another Host with an underscore", "GET /admin HTTP/1.1\r\nHost: {host}\r\nX_Host: {open}\r\n\r\n"),
    ("An identity", "GET /admin HTTP/1.1\r\nHost: {host}\r\nRemote-User: admin\r\nX-Forwarded-User: admin\r\n\r\n"),
    ("A loopback address", "GET /admin HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\n\r\n"),
    ("Connection naming Authorization", "GET /admin HTTP/1.1\r\nHost: {host}\r\nConnection: Authorization\r\n\r\n"),
    ("OPTIONS", "OPTIONS /admin HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    (
      "OPTIONS as a browser's preflight",
      "OPTIONS /admin HTTP/1.1\r\nHost: {host}\r\nOrigin: http://x.example\r\nAccess-Control-Request-Method: GET\r\n\r\n"
    ),
    ("HEAD", "HEAD /admin HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
    ("An unknown method", "FOO /admin HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("A method in small letters", "get /admin HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("TRACE", "TRACE /admin HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("PRI", "PRI /admin HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("A client of HTTP/1.0", "GET /admin HTTP/1.0\r\nHost: {host}\r\n\r\n"),
    ("A client of HTTP/1.0 without Host", "GET {prefix}admin HTTP/1.0\r\n\r\n"),
    ("Host with a dot at its end", "GET /admin HTTP/1.1\r\nHost: {host}.\r\n\r\n"),
    ("Host with a port", "GET /admin HTTP/1.1\r\nHost: {host}:99\r\n\r\n"),
    ("An upgrade of a closed path", "GET /admin HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
    (
      "h2c of a closed path",
      "GET /admin HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
    ),
    ("Referer of a public path", "GET /admin HTTP/1.1\r\nHost: {host}\r\nReferer: http://{host}/webhook/x\r\n\r\n"),
    ("Credentials in the target", "GET http://admin:correct-horse@{host}/admin HTTP/1.1\r\nHost: {host}\r\n\r\n"),
  ].map { Case($0.0, "RFC 9110, 7", $0.1) }

  @Test("No other part of a request opens a closed path", arguments: requests)
  func otherParts(request: Case<String>) throws {
    try withSite { site in
      let client = try site.connect()
      try client.send(site.fill(request.value))
      let method = String(request.value.prefix { $0 != " " })
      let response = try client.response(to: method == "HEAD" ? "HEAD" : "GET")
      #expect((400..<600).contains(response.status))
      #expect(site.upstream.requests.isEmpty)
    }
  }

  @Test("A pipelined request behind a public one asks for itself")
  func pipelined() throws {
    try withSite { site in
      let client = try site.connect()
      try client.send(site.fill(head("GET /hook HTTP/1.1", "Host: {host}") + head("GET /admin HTTP/1.1", "Host: {host}")))
      #expect(try client.response().status == 200)
      #expect(try client.response().status == 401)
      #expect(site.upstream.requests.map(\.target) == ["/hook"])
    }
  }

  @Test("Every method is public on a public path", arguments: ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
  func methods(method: String) throws {
    try withSite { site in
      let response = try site.exchange(head("\(method) /webhook/x HTTP/1.1", "Host: {host}", "Content-Length: 0"), to: method)
      #expect(response.status == 200)
    }
  }
}
