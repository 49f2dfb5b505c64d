import TestSupport
import Testing

@Suite("What a service is told about its client is true", .conformance)
struct ForwardedFieldTests {
  @Test("On the local listener the client's own forwarded fields are replaced")
  func local() throws {
    let forged = ListenerUnderTest.chosen == .lan ? "http" : "https"
    try withSite { site in
      _ = try site.exchange(
        head(
          "GET / HTTP/1.1", "Host: {open}", "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: \(forged)",
          "X-Forwarded-Host: evil.example"))
      let request = try #require(site.upstream.requests.first)
      #expect(request.values("X-Forwarded-For") == ["127.0.0.1"])
      #expect(request.values("X-Forwarded-Proto") == [ListenerUnderTest.chosen.scheme])
      #expect(request.values("X-Forwarded-Host") == [site.open])
    }
  }

  @Test("The same fields are told where the client sent none", arguments: [Site.Door.local, .internal])
  func added(door: Site.Door) throws {
    try withSite { site in
      _ = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"), door)
      let request = try #require(site.upstream.requests.first)
      #expect(request.values("X-Forwarded-For") == ["127.0.0.1"])
      #expect(request.values("X-Forwarded-Proto") == [door == .local ? ListenerUnderTest.chosen.scheme : "http"])
      #expect(request.values("X-Forwarded-Host") == [site.open])
    }
  }

  static let agents: [Case<(sent: [String], address: String)>] = [
    Case("One address", "", (["203.0.113.9"], "203.0.113.9")),
    Case("What the client wrote stands left of it", "", (["6.6.6.6, 203.0.113.9"], "203.0.113.9")),
    Case("No space after the comma", "", (["6.6.6.6,203.0.113.9"], "203.0.113.9")),
    Case("White space around it", "", (["6.6.6.6 ,\t203.0.113.9 "], "203.0.113.9")),
    Case("Two fields", "RFC 9110, 5.3", (["6.6.6.6", "203.0.113.9"], "203.0.113.9")),
    Case("Another's small letters", "RFC 9110, 5.1", (["6.6.6.6, 7.7.7.7, 203.0.113.9"], "203.0.113.9")),
    Case("IPv6", "RFC 5952", (["6.6.6.6, 2001:db8::7"], "2001:db8::7")),
    Case("Junk left of it", "", (["\"><script>, 203.0.113.9"], "203.0.113.9")),
  ]

  @Test("On the tunnel's listener the agent's word, the right-most address, is the client's", arguments: agents)
  func tunnel(fields: Case<(sent: [String], address: String)>) throws {
    try withSite { site in
      let lines = fields.value.sent.map { "X-Forwarded-For: \($0)\r\n" }.joined()
      let response = try site.exchange("GET / HTTP/1.1\r\nHost: {host}\r\n\(Site.credentials)\r\n\(lines)\r\n", .tunnel)
      #expect(response.status == 200)
      #expect(site.upstream.requests.first?.values("X-Forwarded-For") == [fields.value.address])
    }
  }

  @Test(
    "A right-most value that is no address is not passed on as one",
    arguments: ["unknown", "203.0.113.9, ", "203.0.113.9, junk", "999.1.1.1", "1.2.3", "203.0.113.9, <b>", "_hidden"])
  func tunnelJunk(value: String) throws {
    try withSite { site in
      _ = try site.exchange(head("GET / HTTP/1.1", "Host: {host}", Site.credentials, "X-Forwarded-For: \(value)"), .tunnel)
      for request in site.upstream.requests {
        #expect([["127.0.0.1"], ["203.0.113.9"], []].contains(request.values("X-Forwarded-For")))
      }
    }
  }

  static let protos: [Case<(sent: [String], told: [String])>] = [
    Case("https", "", (["https"], ["https"])),
    Case("http", "", (["http"], ["http"])),
    Case("Nothing", "", ([], ["http", "https"])),
    Case("Another scheme", "", (["javascript"], ["http", "https"])),
    Case("A list", "", (["https, http"], ["http", "https"])),
    Case("Two fields", "", (["http", "https"], ["http", "https"])),
    Case("Capitals", "RFC 3986, 3.1", (["HTTPS"], ["http", "https"])),
  ]

  @Test("On the tunnel's listener the scheme is the agent's, and http or https", arguments: protos)
  func tunnelProto(fields: Case<(sent: [String], told: [String])>) throws {
    try withSite { site in
      let lines = fields.value.sent.map { "X-Forwarded-Proto: \($0)\r\n" }.joined()
      _ = try site.exchange("GET / HTTP/1.1\r\nHost: {host}\r\n\(Site.credentials)\r\n\(lines)\r\n", .tunnel)
      let request = try #require(site.upstream.requests.first)
      #expect(fields.value.told.contains(try #require(request["X-Forwarded-Proto"])))
    }
  }

  @Test("On the tunnel's listener X-Forwarded-Host is the request's Host")
  func tunnelHost() throws {
    try withSite { site in
      _ = try site.exchange(head("GET / HTTP/1.1", "Host: {host}", Site.credentials, "X-Forwarded-Host: evil.example"), .tunnel)
      #expect(site.upstream.requests.first?.values("X-Forwarded-Host") == [site.host])
    }
  }

  static let forged = [
    "Forwarded: for=6.6.6.6;proto=https", "X-Real-IP: 6.6.6.6", "X-Original-URL: /forged", "X-Rewrite-URL: /forged",
    "Remote-User: forged",
    "X-Forwarded-User: forged", "X_Forwarded_For: 6.6.6.6", "X_Forwarded-Proto: forged", "X-Forwarded_Host: forged",
    "Remote_User: forged",
    "X_Forwarded_User: forged", "X_Real_IP: 6.6.6.6", "X_Request_From: forged", "X_Original_URL: /forged", "remote-user: forged",
    "X-FORWARDED-USER: forged", "X-Request-From: forged",
  ]

  @Test(
    "Identities and addresses that anybody can write do not pass, in whatever spelling", arguments: forged,
    [Site.Door.local, .tunnel])
  func dropped(field: String, door: Site.Door) throws {
    try withSite { site in
      let response = try site.exchange(head("GET /hook HTTP/1.1", "Host: {host}", field), door)
      #expect(response.status == 200)
      let request = try #require(site.upstream.requests.first)
      #expect(!request.head.bytes.holds("forged") && !request.head.bytes.holds("6.6.6.6"))
    }
  }

  @Test("Host arrives as the client sent it (RFC 9110, 7.2)", arguments: ["", ":8080"])
  func host(port: String) throws {
    try withSite { site in
      _ = try site.exchange(head("GET / HTTP/1.1", "Host: {open}\(port)"))
      #expect(site.upstream.requests.first?.values("Host") == [site.open + port])
    }
  }
}

@Suite("Fields of one connection stay on it", .conformance)
struct HopByHopTests {
  static let removed = [
    "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "Connection: X-Named\r\nX-Named: v",
    "Connection: close, x-named\r\nX-Named: v",
    "Connection: X-Named\r\nX-Named: v\r\nx-nAmed: w", "Upgrade: something", "Proxy-Authorization: Basic eDp5",
    "Connection: X-Other\r\nConnection: X-Named\r\nX-Named: v", "TE: gzip", "Connection: TE\r\nTE: gzip, trailers;q=0.5",
  ]

  @Test("A request loses its hop-by-hop fields and those that Connection names (RFC 9110, 7.6.1)", arguments: removed)
  func request(fields: String) throws {
    try withSite { site in
      let response = try site.exchange("GET / HTTP/1.1\r\nHost: {open}\r\n\(fields)\r\n\r\n")
      #expect(response.status == 200)
      let request = try #require(site.upstream.requests.first)
      for name in ["Keep-Alive", "Proxy-Connection", "X-Named", "Upgrade", "Proxy-Authorization"] {
        #expect(request.values(name).isEmpty)
      }
      #expect(request.values("TE").allSatisfy { $0 == "trailers" })
      #expect(request.values("Connection").allSatisfy { ["keep-alive", "close", ""].contains($0.lowercased()) })
    }
  }

  @Test(
    "A response loses its hop-by-hop fields and those that Connection names (RFC 9110, 7.6.1)",
    arguments: [
      "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "Connection: X-Named\r\nX-Named: v",
      "Connection: close, x-named\r\nX-NAMED: v",
      "Upgrade: h2c",
    ])
  func response(fields: String) throws {
    try withSite({ exchange in try exchange.answer("200 OK", [fields]) }) { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"))
      #expect(response.status == 200)
      for name in ["X-Named", "Proxy-Connection", "Upgrade"] { #expect(response.values(name).isEmpty) }
      #expect(response.values("Keep-Alive").allSatisfy { $0 != "timeout=5" })
      #expect(response.values("Connection").allSatisfy { !$0.lowercased().contains("x-named") })
    }
  }

  @Test(
    "Connection cannot name away what a service must see (RFC 9110, 7.6.1)",
    arguments: ["Authorization", "Cookie", "Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Content-Type"])
  func named(name: String) throws {
    // Content-Type is the client's to lose; the others are not.
    let mayGo = name == "Content-Type"
    try withSite { site in
      let response = try site.exchange(
        head(
          "GET /hook HTTP/1.1", "Host: {host}", "Connection: close, \(name)", "Authorization: Bearer mine", "Cookie: a=b",
          "Content-Type: text/plain"))
      #expect(response.status == 200)
      #expect(mayGo || site.upstream.requests.first?.values(name).count == 1)
    }
  }

  @Test("Connection cannot name away a body's framing (RFC 9112, 6.3)", arguments: ["Content-Length", "Transfer-Encoding"])
  func namedFraming(name: String) throws {
    try withSite { site in
      let framing = name == "Content-Length" ? "Content-Length: 5" : "Transfer-Encoding: chunked"
      let body = name == "Content-Length" ? "hello" : chunked("hello")
      let client = try site.connect()
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Connection: \(name)", framing)) + body)
      let response = try client.response(to: "POST")
      #expect(response.status == 400 || site.upstream.requests.first?.text == "hello")
    }
  }

  @Test("End-to-end fields of a response stay (RFC 9110, 7.6.1)")
  func endToEnd() throws {
    try withSite({ exchange in
      try exchange.answer(
        "200 OK",
        ["ETag: \"x\"", "Cache-Control: no-cache", "Server: mine/1.0", "Date: Tue, 24 Nov 2026 08:00:00 GMT", "Vary: *"])
    }) { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"))
      for (name, value) in [("ETag", "\"x\""), ("Cache-Control", "no-cache"), ("Server", "mine/1.0"), ("Vary", "*")] {
        #expect(response.values(name) == [value])
      }
      #expect(response["Date"] == "Tue, 24 Nov 2026 08:00:00 GMT")
    }
  }
}

@Suite("A service below a path sees its own paths", .conformance)
struct PrefixTests {
  static let targets = ["", "a/b?x=1", "a//b/", "%7euser/a%2Fb;c", "?q", "webhook/x", "a/%2e/b", "path"]

  @Test("The prefix is taken off and the rest kept byte for byte", arguments: targets)
  func stripped(rest: String) throws {
    try withSite { site in
      let response = try site.exchange(head("GET {prefix}\(rest) HTTP/1.1", "Host: nobody.example", Site.credentials))
      #expect(response.status == 200)
      #expect(site.upstream.requests.first?.target == "/" + rest)
    }
  }

  @Test(
    "A dot segment does not lead out of the prefix", arguments: ["../x", "%2e%2e/x", "a/../../x", "..%2fx", "..;/x", "..\\x"])
  func escaping(rest: String) throws {
    try withSite { site in
      let other = try Lab.shared.site(.standard)
      other.upstream.start()
      defer { other.upstream.stop() }
      let response = try site.exchange(head("GET {prefix}\(rest) HTTP/1.1", "Host: nobody.example"))
      #expect((300..<500).contains(response.status))
      #expect(site.upstream.requests.isEmpty && other.upstream.requests.isEmpty)
    }
  }

  static let locations: [Case<(told: String, seen: String)>] = [
    Case("Root-relative", "RFC 9110, 10.2.2", ("/login?next=%2F", "{prefix}login?next=%2F")),
    Case("The root", "RFC 9110, 10.2.2", ("/", "{prefix}")),
    Case("Relative", "RFC 9110, 10.2.2", ("login", "login")),
    Case("Of another host", "RFC 9110, 10.2.2", ("https://elsewhere.example/x", "https://elsewhere.example/x")),
    Case("Of another host without a scheme", "RFC 3986, 4.2", ("//elsewhere.example/x", "//elsewhere.example/x")),
    Case("A query alone", "RFC 3986, 4.2", ("?page=2", "?page=2")),
  ]

  @Test("Location is mended where it is root-relative, and only there", arguments: locations)
  func location(location: Case<(told: String, seen: String)>) throws {
    try withSite({ exchange in try exchange.answer("302 Found", ["Location: \(location.value.told)"]) }) { site in
      let response = try site.exchange(head("GET {prefix}a HTTP/1.1", "Host: nobody.example", Site.credentials))
      #expect(response["Location"] == site.fill(location.value.seen))
    }
  }

  @Test("Location of a service with a host name of its own is left alone")
  func ownHost() throws {
    try withSite({ exchange in try exchange.answer("302 Found", ["Location: /login"]) }) { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"))
      #expect(response["Location"] == "/login")
    }
  }

  @Test("The prefix without its slash leads to it or is not found, and shows no page")
  func withoutSlash() throws {
    try withSite { site in
      let response = try site.exchange(head("GET /path\(site.number) HTTP/1.1", "Host: nobody.example"))
      #expect([301, 307, 308, 401, 404].contains(response.status))
      #expect(site.upstream.requests.isEmpty)
    }
  }
}
