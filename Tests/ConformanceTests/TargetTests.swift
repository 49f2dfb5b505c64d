import TestSupport
import Testing

@Suite("Request targets reach the upstream as they came", .conformance)
struct TargetTests {
  static let odd: [Case<String>] = [
    Case("Unreserved bytes", "RFC 3986, 2.3", "/azAZ09-._~"),
    Case("Delimiters in a path", "RFC 3986, 3.3", "/!$&'()*+,;=:@"),
    Case("Delimiters in a query", "RFC 3986, 3.4", "/?!$&'()*+,;=:@/?"),
    Case("Escapes keep their case", "RFC 3986, 6.2.2.1", "/%7e%7E%c3%A4"),
    Case("An escaped slash stays escaped", "RFC 3986, 2.2", "/a%2fb%2Fc"),
    Case("An escaped NUL stays escaped", "RFC 3986, 7.3", "/a%00b"),
    Case("An escaped percent sign is not read twice", "RFC 3986, 2.4", "/a%252fb%25"),
    Case("An escaped CR and LF stay escaped", "RFC 3986, 7.3", "/a%0d%0aX:%20y"),
    Case("Empty segments stay", "RFC 3986, 3.3", "//a//b//"),
    Case("Dot segments stay", "RFC 9110, 7.7", "/a/./b/../c"),
    Case("Escaped dot segments stay", "RFC 9110, 7.7", "/a/%2e%2e/c"),
    Case("Parameters of a segment stay", "RFC 3986, 3.3", "/a;b=c/d;e"),
    Case("An empty query stays", "RFC 3986, 3.4", "/a?"),
    Case("Question marks in a query stay", "RFC 3986, 3.4", "/a??b?c"),
    Case("A plus sign is no space", "RFC 3986, 2.2", "/a+b?c+d"),
    Case("A path of dots", "RFC 3986, 3.3", "/..."),
    Case("A query that looks like a URL", "RFC 3986, 3.4", "/?to=http://x.example/a/../b"),
    Case("A colon in the first segment", "RFC 3986, 3.3", "/a:b"),
    Case("A trailing slash", "RFC 3986, 3.3", "/a/b/"),
    Case("An escape that is cut short", "RFC 3986, 2.1", "/a%2"),
    Case("Eight kilobytes of target", "RFC 9112, 3", "/" + String(repeating: "abcdefgh", count: 1000)),
    Case("Eight kilobytes of query", "RFC 9112, 3", "/?" + String(repeating: "q=1&", count: 2000)),
  ]

  @Test("The target is forwarded byte for byte", arguments: odd)
  func forwarded(target: Case<String>) throws {
    try withSite { site in
      let response = try site.exchange(head("GET \(target.value) HTTP/1.1", "Host: {open}"))
      #expect(response.status == 200)
      #expect(site.upstream.requests.first?.target == target.value)
    }
  }

  static let doubtful: [Case<String>] = [
    Case("Quotes, brackets and braces", "RFC 3986, 2", "/a\"<>[]{}|^`b"),
    Case("A backslash", "RFC 3986, 2", "/a\\b"),
    Case("Bytes above 0x7F", "RFC 3986, 2", "/a\u{e4}\u{ff}"),
    Case("A fragment", "RFC 9112, 3.2", "/a#b"),
  ]

  @Test("Bytes that no target should have are refused or forwarded as they are", arguments: doubtful)
  func refusedOrForwarded(target: Case<String>) throws {
    try withSite { site in
      let response = try site.exchange(head("GET \(target.value) HTTP/1.1", "Host: {open}"))
      #expect(response.status == 400 || site.upstream.requests.first?.target == target.value)
    }
  }

  static let absolute: [Case<(sent: String, received: String)>] = [
    Case("A path", "RFC 9112, 3.2.2", ("http://{open}/a?b", "/a?b")),
    Case("A port", "RFC 9112, 3.2.2", ("http://{open}:8080/a", "/a")),
    Case("No path", "RFC 9112, 3.2.1", ("http://{open}", "/")),
    Case("No path but a query", "RFC 9112, 3.2.1", ("http://{open}?q", "/?q")),
    Case("A scheme in capitals", "RFC 3986, 3.1", ("HTTP://{open}/a", "/a")),
    Case("Odd bytes", "RFC 9112, 3.2.2", ("http://{open}/a//%2e%2E/;b?c", "/a//%2e%2E/;b?c")),
  ]

  @Test("An absolute target is made relative, and its host replaces Host (RFC 9112, 3.2.2)", arguments: absolute)
  func absoluteForm(target: Case<(sent: String, received: String)>) throws {
    try withSite { site in
      let response = try site.exchange(head("GET \(target.value.sent) HTTP/1.1", "Host: other.example"))
      #expect(response.status == 200)
      let request = try #require(site.upstream.requests.first)
      #expect(request.target == target.value.received)
      #expect(request["Host"]?.hasPrefix(site.open) == true)
    }
  }

  @Test("OPTIONS * gets one well-formed answer (RFC 9112, 3.2.4)")
  func asterisk() throws {
    try withSite { site in
      let response = try site.exchange(head("OPTIONS * HTTP/1.1", "Host: {open}"), to: "OPTIONS")
      #expect([200, 204, 400, 404, 405].contains(response.status))
      #expect(site.upstream.requests.allSatisfy { $0.target == "*" })
    }
  }

  @Test("An asterisk is for OPTIONS alone (RFC 9112, 3.2.4)")
  func asteriskGet() throws {
    try withSite { site in
      let response = try site.exchange(head("GET * HTTP/1.1", "Host: {open}"))
      #expect(response.status == 400)
      #expect(site.upstream.requests.isEmpty)
    }
  }

  @Test("CONNECT opens no tunnel (RFC 9110, 9.3.6)", arguments: ["{open}:80", "example.com:443", "/", "http://{open}/"])
  func connect(target: String) throws {
    try withSite { site in
      let response = try site.exchange(head("CONNECT \(target) HTTP/1.1", "Host: {open}"), to: "GET")
      #expect((400..<600).contains(response.status))
      #expect(site.upstream.requests.isEmpty)
    }
  }

  @Test("TRACE gives nobody's credentials back (RFC 9110, 9.3.8)")
  func trace() throws {
    try withSite { site in
      let response = try site.exchange(
        head("TRACE / HTTP/1.1", "Host: {host}", Site.credentials, "Cookie: secret=1"), to: "TRACE")
      #expect((200..<600).contains(response.status))
      #expect(!response.body.holds("YWRtaW46Y29ycmVjdC1ob3JzZQ") && !response.body.holds("secret=1"))
      #expect(site.upstream.requests.allSatisfy { $0["Authorization"] == nil })
    }
  }

  @Test(
    "Methods are forwarded as they are (RFC 9110, 9.1)",
    arguments: ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "get", "M-SEARCH", "X!#$%&'*+.^_`|~0"])
  func methods(method: String) throws {
    try withSite { site in
      let response = try site.exchange(head("\(method) / HTTP/1.1", "Host: {open}"), to: method)
      #expect(response.status == 200)
      #expect(site.upstream.requests.first?.method == method)
    }
  }
}

@Suite("Host decides the route, and is one and valid", .conformance)
struct HostTests {
  static let invalid: [Case<[String]>] = [
    Case("No Host", "RFC 9112, 3.2", []),
    Case("Two Hosts", "RFC 9112, 3.2", ["Host: {open}", "Host: other.example"]),
    Case("The same Host twice", "RFC 9112, 3.2", ["Host: {open}", "Host: {open}"]),
    Case("A list", "RFC 9112, 3.2", ["Host: {open}, other.example"]),
    Case("A space inside", "RFC 9112, 3.2", ["Host: {open} x"]),
    Case("A path", "RFC 9112, 3.2", ["Host: {open}/x"]),
    Case("User information", "RFC 9110, 4.2.4", ["Host: admin@{open}"]),
    Case("Two ports", "RFC 9112, 3.2", ["Host: {open}:80:80"]),
    Case("A port that is no number", "RFC 9112, 3.2", ["Host: {open}:http"]),
    Case("A query", "RFC 9112, 3.2", ["Host: {open}?x"]),
    Case("A fragment", "RFC 9112, 3.2", ["Host: {open}#x"]),
    Case("A backslash", "RFC 9112, 3.2", ["Host: {open}\\x"]),
    Case("A scheme", "RFC 9112, 3.2", ["Host: http://{open}"]),
    Case("An unclosed bracket", "RFC 3986, 3.2.2", ["Host: [::1"]),
    Case("Angle brackets", "RFC 3986, 3.2.2", ["Host: <{open}>"]),
    Case("A NUL", "RFC 9110, 5.5", ["Host: {open}\u{0}x"]),
    Case("A name with a space before the colon", "RFC 9112, 5.1", ["Host : {open}"]),
  ]

  @Test("A request without one valid Host is refused and goes nowhere", arguments: invalid)
  func refused(fields: Case<[String]>) throws {
    try withSite { site in
      let lines = (["GET / HTTP/1.1"] + fields.value).map { $0 + "\r\n" }.joined()
      let response = try site.exchange(lines + "\r\n")
      #expect(response.status == 400)
      #expect(site.upstream.requests.isEmpty)
    }
  }

  @Test("A missing Host is refused with an absolute target too (RFC 9112, 3.2)")
  func absoluteWithoutHost() throws {
    try withSite { site in
      let response = try site.exchange("GET http://{open}/ HTTP/1.1\r\n\r\n")
      #expect(response.status == 400)
    }
  }

  @Test("A client of HTTP/1.0 needs no Host (RFC 9112, 3.2)")
  func oldClient() throws {
    try withSite { site in
      let response = try site.exchange("GET {prefix}a HTTP/1.0\r\n\r\n", .internal)
      #expect(response.status == 200)
      #expect(site.upstream.requests.first?.target == "/a")
    }
  }

  @Test("The case and the port of Host make no other route (RFC 3986, 6.2.2.1)", arguments: ["upper", "port"])
  func sameRoute(kind: String) throws {
    try withSite { site in
      let host = kind == "upper" ? site.open.uppercased() : site.open + ":12345"
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: \(host)"))
      #expect(response.status == 200)
      #expect(site.upstream.requests.first?["Host"] == host)
    }
  }

  @Test("A host that nobody has gets no service's page", arguments: ["nobody.example", "localhost", "127.0.0.1", "[::1]:8080"])
  func unknown(host: String) throws {
    try withSite { site in
      let response = try site.exchange(head("GET /nothing HTTP/1.1", "Host: \(host)", Site.credentials))
      #expect([401, 404, 421].contains(response.status))
      #expect(site.upstream.requests.isEmpty)
    }
  }

  @Test("Paths without a route are not found", arguments: ["/nothing/here", "/path", "/pathx/", "/"])
  func unknownPath(path: String) throws {
    try withSite { site in
      let response = try site.exchange(head("GET \(path) HTTP/1.1", "Host: nobody.example", Site.credentials))
      #expect([401, 404, 302, 303, 307].contains(response.status))
      #expect(site.upstream.requests.isEmpty)
    }
  }
}
