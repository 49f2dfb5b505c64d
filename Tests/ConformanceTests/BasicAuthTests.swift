import TestSupport
import Testing

@Suite("The door asks who it is", .conformance)
struct BasicAuthTests {
  @Test("Nobody gets 401 with a challenge, on every listener that asks (RFC 7617, 2)", arguments: [Site.Door.local, .tunnel])
  func nobody(door: Site.Door) throws {
    try withSite { site in
      for request in ["GET / HTTP/1.1\r\nHost: {host}\r\n\r\n", "GET {prefix} HTTP/1.1\r\nHost: nobody.example\r\n\r\n"] {
        let response = try site.exchange(request, door)
        expectChallenge(response)
      }
      #expect(site.upstream.requests.isEmpty)
    }
  }

  static let wrongOnes: [Case<String>] = [
    ("The wrong password", "Basic YWRtaW46d3Jvbmc="), ("Nobody's name", "Basic bm9ib2R5OmNvcnJlY3QtaG9yc2U="),
    ("The name in capitals", "Basic QURNSU46Y29ycmVjdC1ob3JzZQ=="),
    ("The password in capitals", "Basic YWRtaW46Q09SUkVDVC1IT1JTRQ=="),
    ("An empty password", "Basic YWRtaW46"), ("An empty name", "Basic OmNvcnJlY3QtaG9yc2U="),
    ("Nothing but a colon", "Basic Og=="),
    ("A blank after the password", "Basic YWRtaW46Y29ycmVjdC1ob3JzZSA="), ("A letter too few", "Basic YWRtaW46Y29ycmVjdC1ob3Jz"),
    ("A NUL after the password", "Basic YWRtaW46Y29ycmVjdC1ob3JzZQA="),
    ("A NUL after the name", "Basic YWRtaW4AOmNvcnJlY3QtaG9yc2U="),
    ("A second line in the name", "Basic YWRtaW4KYWRtaW46Y29ycmVjdC1ob3JzZQ=="),
    ("The users file's own line", "Basic YWRtaW46JDJ5JDEwJA=="),
  ].map { Case($0.0, "RFC 7617, 2", $0.1) }

  @Test("Wrong credentials get 401 with a challenge", arguments: wrongOnes)
  func wrong(value: Case<String>) throws {
    try withSite { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {host}", "Authorization: \(value.value)"))
      expectChallenge(response)
      #expect(site.upstream.requests.isEmpty)
    }
  }

  private static let token = "YWRtaW46Y29ycmVjdC1ob3JzZQ=="
  static let malformedOnes: [Case<String>] = [
    ("No credentials", "Basic"), ("No credentials after a space", "Basic "), ("No scheme", token),
    ("An unknown scheme", "Basico \(token)"),
    ("Another scheme", "Bearer \(token)"), ("Another scheme, Digest", "Digest username=\"admin\""), ("No space", "Basic\(token)"),
    ("A tab", "Basic\t\(token)"), ("No colon inside", "Basic YWRtaW4="), ("Not base64", "Basic ????"),
    ("Junk after it", "Basic \(token)junk"),
    ("Junk after a space", "Basic \(token) junk"), ("A parameter after it", "Basic \(token), realm=x"),
    ("A third equals sign", "Basic \(token)="),
    ("No padding where there should be", "Basic YWRtaW46Y29ycmVjdC1ob3JzZQ"),
    ("A space inside", "Basic YWRtaW46 Y29ycmVjdC1ob3JzZQ=="),
    ("The other alphabet of base64", "Basic YWRtaW46Y29ycmVjdC1ob3JzZQ__"),
    ("Bits left over in the last letter", "Basic YWRtaW46Y29ycmVjdC1ob3JzZR=="),
    ("Quotes", "Basic \"\(token)\""), ("A byte above 0x7F", "Basic \(token)\u{ff}"), ("Plain text", "Basic admin:correct-horse"),
    ("Two of them", "Basic \(token), Basic \(token)"), ("Escapes", "Basic YWRtaW46Y29ycmVjdC1ob3JzZQ%3D%3D"),
  ].map { Case($0.0, "RFC 7617, 2", $0.1) }

  @Test("Credentials that are not well formed never pass", arguments: malformedOnes)
  func malformed(value: Case<String>) throws {
    try withSite { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {host}", "Authorization: \(value.value)"))
      if response.status != 400 { expectChallenge(response) }
      #expect(site.upstream.requests.isEmpty)
    }
  }

  @Test(
    "Two Authorization fields never pass, whatever they hold (RFC 9110, 5.3)",
    arguments: [[token, token], ["eDp5", token], [token, "eDp5"]])
  func twice(values: [String]) throws {
    try withSite { site in
      let lines = values.map { "Authorization: Basic \($0)\r\n" }.joined()
      let response = try site.exchange("GET / HTTP/1.1\r\nHost: {host}\r\n\(lines)\r\n")
      if response.status != 400 { expectChallenge(response) }
      #expect(site.upstream.requests.isEmpty)
    }
  }

  @Test(
    "The credentials in a field of another name never pass",
    arguments: ["Proxy-Authorization", "Authorization_", "X-Authorization", "WWW-Authenticate", "Cookie", "HTTP_AUTHORIZATION"])
  func otherField(name: String) throws {
    try withSite { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {host}", "\(name): Basic \(Self.token)"))
      #expect([400, 401].contains(response.status))
      #expect(site.upstream.requests.isEmpty)
    }
  }

  @Test(
    "The right credentials pass, with the scheme in any case (RFC 9110, 11.1)", arguments: ["Basic", "basic", "BASIC", "bAsIc"])
  func right(scheme: String) throws {
    try withSite { site in
      for _ in 1...2 {
        let response = try site.exchange(head("GET / HTTP/1.1", "Host: {host}", "Authorization: \(scheme) \(Self.token)"))
        #expect(response.status == 200)
      }
    }
  }

  @Test("The field's name may be in any case (RFC 9110, 5.1)", arguments: ["authorization", "AUTHORIZATION"])
  func fieldCase(name: String) throws {
    try withSite { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {host}", "\(name): Basic \(Self.token)"))
      #expect(response.status == 200)
      #expect(site.upstream.requests.first?["Authorization"] == nil)
    }
  }

  @Test("The door's credentials do not reach the service", arguments: [Site.Door.local, .tunnel])
  func stripped(door: Site.Door) throws {
    try withSite { site in
      for path in ["/", "/webhook/x"] {
        _ = try site.exchange(head("GET \(path) HTTP/1.1", "Host: {host}", Site.credentials), door)
      }
      #expect(site.upstream.requests.map(\.target) == ["/", "/webhook/x"])
      #expect(site.upstream.requests.allSatisfy { !$0.head.bytes.holds(Self.token) })
    }
  }

  @Test(
    "A caller's own credentials reach the service on a public path",
    arguments: ["Bearer abc.def", "Basic bWU6bXk=", "Digest username=\"x\"", "ApiKey 1"])
  func ownCredentials(value: String) throws {
    try withSite { site in
      let response = try site.exchange(head("GET /webhook/x HTTP/1.1", "Host: {host}", "Authorization: \(value)"))
      #expect(response.status == 200)
      #expect(site.upstream.requests.first?["Authorization"] == value)
    }
  }

  @Test("A service's own credentials reach another on the internal listener", arguments: ["Bearer abc", "Basic bWU6bXk="])
  func internalCredentials(value: String) throws {
    try withSite { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {host}", "Authorization: \(value)"), .internal)
      #expect(response.status == 200)
      #expect(site.upstream.requests.first?["Authorization"] == value)
    }
  }

  @Test("Wrong credentials on a kept connection do not stay, nor right ones (RFC 9110, 11.4)")
  func eachRequestAlone() throws {
    try withSite { site in
      let client = try site.connect()
      let bare = site.fill(head("GET / HTTP/1.1", "Host: {host}"))
      let credentialed = site.fill(head("GET / HTTP/1.1", "Host: {host}", Site.credentials))
      try client.send(credentialed + bare + credentialed)
      #expect(try client.response().status == 200)
      #expect(try client.response().status == 401)
      #expect(try client.response().status == 200)
      #expect(site.upstream.requests.count == 2)
    }
  }

  @Test("An expectation without credentials is refused without 100 (RFC 9110, 10.1.1)")
  func expecting() throws {
    try withSite { site in
      let client = try site.connect()
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {host}", "Content-Length: 5", "Expect: 100-continue")))
      #expect(try client.anyHead().status == 401)
    }
  }

  private func expectChallenge(_ response: WireResponse, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(response.status == 401, sourceLocation: sourceLocation)
    let challenge = response["WWW-Authenticate"] ?? ""
    #expect(challenge.lowercased().hasPrefix("basic realm="), sourceLocation: sourceLocation)
  }
}

@Suite("Each listener asks as it should", .conformance)
struct ListenerTests {
  @Test(
    "The internal listener asks nobody",
    arguments: ["GET / HTTP/1.1\r\nHost: {host}\r\n\r\n", "GET {prefix} HTTP/1.1\r\nHost: x\r\n\r\n"])
  func internalListener(request: String) throws {
    try withSite { site in
      let response = try site.exchange(request, .internal)
      #expect(response.status == 200)
    }
  }

  @Test("A service without a door is open on the local listener, and not through the tunnel")
  func openService() throws {
    try withSite { site in
      let local = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"))
      let tunnel = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"), .tunnel)
      let signedIn = try site.exchange(head("GET / HTTP/1.1", "Host: {open}", Site.credentials), .tunnel)
      #expect([local.status, tunnel.status, signedIn.status] == [200, 401, 200])
      #expect(site.upstream.requests.count == 2)
    }
  }

  @Test(
    "Nothing in a request makes one listener into another",
    arguments: ["X-Forwarded-For: 127.0.0.1", "X-Forwarded-Host: {open}", "Forwarded: for=127.0.0.1"])
  func claims(field: String) throws {
    try withSite { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {open}", field), .tunnel)
      #expect(response.status == 401)
      #expect(site.upstream.requests.isEmpty)
    }
  }
}
