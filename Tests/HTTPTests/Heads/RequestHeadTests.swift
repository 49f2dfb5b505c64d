import HTTP
import HTTPReference
import TestSupport
import Testing

@Suite("A request head")
struct RequestHeadTests {
  @Test("is refused for what is wrong with its first line", arguments: Refusal.lines)
  func lines(refusal: Refusal) { expectRefused(refusal) }

  @Test("is refused for what is wrong with a field", arguments: Refusal.fields)
  func fields(refusal: Refusal) { expectRefused(refusal) }

  @Test("is refused for framing or expectations that two readers could take for different things", arguments: Refusal.framing)
  func framing(refusal: Refusal) { expectRefused(refusal) }

  @Test("is refused without exactly one well-formed Host", arguments: Refusal.hosts)
  func hosts(refusal: Refusal) { expectRefused(refusal) }

  @Test("is refused beyond its limits", arguments: Refusal.limits)
  func limits(refusal: Refusal) { expectRefused(refusal) }

  @Test(
    "answers each problem with its own status",
    arguments: [
      (.malformed, 400), (.tooLarge, 431), (.version, 505), (.method, 501), (.expectation, 417),
    ] as [(HeadProblem, Int)])
  func statuses(problem: HeadProblem, status: Int) { #expect(problem.status == status) }

  private func expectRefused(_ refusal: Refusal) { #expect(readRequest(refusal.head) == .refused(refusal.problem)) }

  @Test("says where everything lies")
  func offsets() throws {
    let bytes = octets("PATCH /a/b?c=d HTTP/1.1\r\nHost: a.example:8080\r\nX-One:1\r\nX-Two: \t two \t\r\n\r\nbody")
    let head = try #require(readRequest(bytes).message)
    #expect(head.length == bytes.count - 4)
    #expect(head.method == "PATCH" && head.target == "/a/b?c=d" && head.path == "/a/b?c=d" && head.host == "a.example:8080")
    #expect(
      head.fields == [
        NamedField(name: "Host", value: "a.example:8080"), NamedField(name: "X-One", value: "1"),
        NamedField(name: "X-Two", value: "two"),
      ])
    #expect(!head.isVersion10 && head.keepsAlive && !head.isUpgrade && head.framing == .none)
  }

  @Test(
    "is accepted where it is odd and yet clear",
    arguments: [
      "GET / HTTP/1.1\r\nHost:a\r\n\r\n", "GET / HTTP/1.1\r\nhOsT:\t a \t\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX:  \t \r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: \u{E9}\u{FF}\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~09azAZ: x\r\n\r\n", "!#$%&'*+-.^_`|~ / HTTP/1.1\r\nHost: a\r\n\r\n",
      "get / HTTP/1.1\r\nHost: a\r\n\r\n", "G / HTTP/1.1\r\nHost: a\r\n\r\n", "GET //a//../%00 HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /\u{FF}\u{80} HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\"<>{}|\\^`[] HTTP/1.1\r\nHost: a\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 000005\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ChUnKeD\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a_b.example.\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: a:b:c\r\nX: a: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nConnection: ,, ,\r\n\r\n",
    ])
  func oddities(text: String) { #expect(readRequest(text).message?.length == octets(text).count) }

  @Test(
    "takes the authority from an absolute target",
    arguments: [
      ("http://b/", "b", "/"), ("http://b", "b", ""), ("http://b?q", "b", "?q"), ("HTTP://b:81/x?y", "b:81", "/x?y"),
      ("https://b.example/x", "b.example", "/x"), ("hTTpS://[::1]:9/", "[::1]:9", "/"), ("http://b//c", "b", "//c"),
    ])
  func absolute(target: String, authority: String, path: String) throws {
    let head = try #require(readRequest(head("GET \(target) HTTP/1.1", "Host: other")).message)
    #expect(head.authority == authority && head.host == authority && head.path == path && head.target == target)
  }

  @Test(
    "knows how its body ends",
    arguments: [
      ("", .none), ("Content-Length: 0", .none), ("Content-Length: 7", .length(7)), ("Transfer-Encoding: chunked", .chunked),
      ("Content-Length: 999999999999999999", .length(999_999_999_999_999_999)), ("Content-length:\t12 ", .length(12)),
    ] as [(String, HTTP.BodyFraming)])
  func bodies(line: String, framing: HTTP.BodyFraming) {
    let lines = line.isEmpty ? "" : line + "\r\n"
    #expect(readRequest("POST / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n").message?.framing == framing)
  }

  @Test(
    "keeps its connection as its version and Connection say",
    arguments: [
      ("1.1", "", true), ("1.1", "close", false), ("1.1", "Close", false), ("1.1", "keep-alive", true),
      ("1.1", "keep-alive, close", false), ("1.1", "x,close , y", false), ("1.1", "closed", true), ("1.1", "x close", true),
      ("1.0", "", false), ("1.0", "keep-alive", true), ("1.0", "Keep-Alive", true), ("1.0", "keep-alive, close", false),
    ])
  func connections(version: String, value: String, keepsAlive: Bool) {
    let line = value.isEmpty ? "" : "Connection: \(value)\r\n"
    #expect(readRequest("GET / HTTP/\(version)\r\nHost: a\r\n\(line)\r\n").message?.keepsAlive == keepsAlive)
  }

  @Test("reads every Connection field, not one of them")
  func connectionFields() {
    #expect(
      readRequest(head("GET / HTTP/1.1", "Host: a", "Connection: x", "Connection: close", "Connection: y")).message?.keepsAlive
        == false)
  }

  @Test(
    "asks for a websocket only by GET, in HTTP/1.1, without a body, by exactly that name",
    arguments: [
      ("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket", true),
      ("GET / HTTP/1.1", "Connection: keep-alive, upgrade\r\nUpgrade: WebSocket", true),
      ("GET / HTTP/1.1", "Upgrade: websocket", false), ("GET / HTTP/1.1", "Connection: Upgrade", false),
      ("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: h2c", false),
      ("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket, h2c", false),
      ("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket/13", false),
      ("GET / HTTP/1.0", "Connection: Upgrade\r\nUpgrade: websocket", false),
      ("POST / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket", false),
      ("HEAD / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket", false),
      ("OPTIONS / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket", false),
      ("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5", false),
      ("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked", false),
      ("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0", true),
    ])
  func upgrades(line: String, fields: String, isUpgrade: Bool) {
    #expect(readRequest("\(line)\r\nHost: a\r\n\(fields)\r\n\r\n").message?.isUpgrade == isUpgrade)
  }

  @Test("holds 128 fields and 65,535 bytes")
  func atTheLimits() {
    let many = "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: 127) + "\r\n"
    #expect(readRequest(many).message?.fields.count == maximumFieldCount)
    let start = "GET / HTTP/1.1\r\nHost: a\r\nA: "
    let value = String(repeating: "x", count: maximumHeadLength - start.utf8.count)
    let long = readRequest(start + value + "\r\n\r\n").message
    #expect(long?.fields.last == NamedField(name: "A", value: value))
    #expect(readRequest(start + value + "x\r\n\r\n") == .refused(.tooLarge))
  }

  @Test("leaves nothing of an earlier head behind")
  func reuse() {
    var head = RequestHead()
    let rich = octets(
      "GET http://b/ HTTP/1.0\r\nHost: a\r\nConnection: keep-alive, upgrade, x\r\nUpgrade: websocket\r\nContent-Length: 5\r\n\r\n"
    )
    let plain = octets("POST /x HTTP/1.1\r\nHost: c\r\n\r\n")
    _ = readRequest(rich, into: &head)
    #expect(readRequest(plain, into: &head) == readRequest(plain))
    _ = readRequest(octets("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nBroken\r\n\r\n"), into: &head)
    #expect(readRequest(plain, into: &head) == readRequest(plain))
  }
}
