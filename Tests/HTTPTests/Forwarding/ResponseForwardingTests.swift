import HTTP
import TestSupport
import Testing

/// A response as the service sends it, and as the client gets it.
struct GoldenResponse: Sendable, CustomTestStringConvertible {
  var what: String
  var head: String
  var forwarding: ResponseForwarding
  var out: String
  var testDescription: String { what }

  init(
    _ what: String, _ line: String, _ fields: [String], with forwarding: ResponseForwarding = .init(framing: .none),
    gets outLine: String? = nil, _ out: [String]
  ) {
    self.what = what
    head = ([line] + fields).map { $0 + "\r\n" }.joined() + "\r\n"
    self.forwarding = forwarding
    self.out = ([outLine ?? line] + out).map { $0 + "\r\n" }.joined() + "\r\n"
  }

  private static let prefixed = ResponseForwarding(framing: .none, locationPrefix: octets("/n8n"))

  private static func location(_ what: String, _ from: String, _ to: String) -> GoldenResponse {
    .init(what, "HTTP/1.1 302 Found", ["A: b", "Location:\(from)", "C: d"], with: prefixed, ["A: b", "Location: \(to)", "C: d"])
  }

  static let all: [GoldenResponse] = [
    .init(
      "plain fields pass as they are", "HTTP/1.1 200 OK", ["A:1", "b: \t2 ", "Set-Cookie: x", "Set-Cookie: y"],
      ["A:1", "b: \t2 ", "Set-Cookie: x", "Set-Cookie: y"]),
    .init("no field at all", "HTTP/1.1 200 OK", [], []),
    .init(
      "hop-by-hop fields end here", "HTTP/1.1 200 OK",
      [
        "Connection: keep-alive, X-Hop", "X-Hop: 1", "Keep-Alive: timeout=5", "Proxy-Connection: x", "Upgrade: h2c", "Trailer: X",
        "A: b",
      ], ["A: b"]),
    .init(
      "its Connection cannot name the length away", "HTTP/1.1 200 OK",
      ["Connection: Content-Length, Transfer-Encoding", "Content-Length: 5"],
      with: .init(framing: .length(5)), ["Content-Length: 5"]),
    .init(
      "HTTP/1.0 is answered as HTTP/1.1", "HTTP/1.0 200 Fine", ["Content-Length: 5"], with: .init(framing: .length(5)),
      gets: "HTTP/1.1 200 Fine", ["Content-Length: 5"]),
    .init(
      "chunks stay chunks", "HTTP/1.1 200 OK", ["Transfer-Encoding: chunked", "A: b"], with: .init(framing: .chunked),
      ["Transfer-Encoding: chunked", "A: b"]),
    .init(
      "HTTP/1.0 clients get no chunks", "HTTP/1.1 200 OK", ["Transfer-Encoding: chunked"],
      with: .init(framing: .chunked, closes: true, isClientVersion10: true), ["Connection: close"]),
    .init(
      "an HTTP/1.0 client that stays is told so", "HTTP/1.1 200 OK", ["Content-Length: 5"],
      with: .init(framing: .length(5), isClientVersion10: true),
      ["Content-Length: 5", "Connection: keep-alive"]),
    .init(
      "an answer to HEAD keeps its length", "HTTP/1.1 200 OK",
      ["Content-Length: 5"], ["Content-Length: 5"]),
    .init("an answer to HEAD without chunks says none", "HTTP/1.1 200 OK", ["Transfer-Encoding: chunked"], []),
    .init("204 has no length", "HTTP/1.1 204 No Content", ["Content-Length: 0", "A: b"], ["A: b"]),
    .init("100 has no length", "HTTP/1.1 100 Continue", ["Content-Length: 0"], []),
    .init("304 keeps its length", "HTTP/1.1 304 Not Modified", ["Content-Length: 5"], ["Content-Length: 5"]),
    .init(
      "an interim answer does not end the connection", "HTTP/1.1 103 Early Hints", ["Link: </a>"],
      with: .init(framing: .none, closes: true), ["Link: </a>"]),
    .init(
      "the end is announced", "HTTP/1.1 200 OK", ["Connection: keep-alive"], with: .init(framing: .untilClose, closes: true),
      ["Connection: close"]),
    .init(
      "101 upgrades to a websocket", "HTTP/1.1 101 Switching Protocols",
      ["Upgrade: websocket", "Connection: upgrade", "Sec-WebSocket-Accept: x"],
      ["Sec-WebSocket-Accept: x", "Connection: Upgrade", "Upgrade: websocket"]),
    .init("Location passes as it is without a prefix", "HTTP/1.1 302 Found", ["Location:/x"], ["Location:/x"]),
    location("a root-relative Location gets the prefix", " /x?y", "/n8n/x?y"),
    location("the root itself", "/", "/n8n/"),
    location("one that has it already is left alone", " /n8n/x", "/n8n/x"),
    location("the prefix itself is left alone", " /n8n", "/n8n"),
    location("a name that begins alike is not below it", " /n8n-x", "/n8n/n8n-x"),
    location("another host is left alone", " //other/x", "//other/x"),
    location("an absolute one is left alone", " https://other/x", "https://other/x"),
    location("a relative one is left alone", " x/y", "x/y"),
    location("an empty one is left alone", "", ""),
  ]
}

@Suite("A forwarded response")
struct ResponseForwardingTests {
  @Test("says what the client needs, and nothing of the hop behind us", arguments: GoldenResponse.all)
  func golden(golden: GoldenResponse) { #expect(forwarded(golden, room: 4096)?.text == golden.out) }

  @Test("says so when it does not fit, in any size of room", arguments: GoldenResponse.all)
  func room(golden: GoldenResponse) {
    let needed = golden.out.unicodeScalars.count
    for room in 0..<needed where forwarded(golden, room: room)?.overflowed != true {
      Issue.record("\(room) bytes hold \(needed)")
    }
    #expect(forwarded(golden, room: needed)?.overflowed == false)
  }

  private func forwarded(_ golden: GoldenResponse, room: Int) -> (text: String, overflowed: Bool)? {
    var head = ResponseHead()
    var out = ByteWriter(capacity: room)
    let bytes = octets(golden.head)
    guard (try? head.scan(bytes.span)) == true else { return nil }
    head.write(bytes.span, to: &out, golden.forwarding)
    return (text(out), out.overflowed)
  }
}

@Suite("A byte writer")
struct ByteWriterTests {
  @Test(
    "writes numbers as people do",
    arguments: [
      (0, "0", "0"), (9, "9", "9"), (10, "10", "a"), (255, "255", "ff"), (4096, "4096", "1000"), (65_535, "65535", "ffff"),
      (-5, "0", nil), (.max, "9223372036854775807", "7fffffffffffffff"),
    ] as [(Int, String, String?)])
  func numbers(value: Int, decimal: String, hexadecimal: String?) {
    var writer = ByteWriter(capacity: 100)
    writer.append(decimal: value)
    #expect(text(writer) == decimal)
    guard let hexadecimal else { return }
    writer.removeAll()
    writer.append(hexadecimal: value)
    #expect(text(writer) == hexadecimal)
  }

  @Test("keeps what it has when more does not fit, and starts anew after that")
  func overflow() {
    var writer = ByteWriter(capacity: 4)
    writer.append("abc")
    writer.append("de")
    #expect(seen(writer) == Seen(text: "abc", overflowed: true, free: 1))
    writer.removeAll()
    writer.append(octets("wxyz").span)
    #expect(seen(writer) == Seen(text: "wxyz", overflowed: false, free: 0))
    writer.append(UInt8(1))
    #expect(seen(writer) == Seen(text: "wxyz", overflowed: true, free: 0))
  }

  @Test("with no room at all overflows by anything but nothing")
  func empty() {
    var writer = ByteWriter(capacity: 0)
    let nothing: [UInt8] = []
    writer.append(nothing.span)
    writer.append("")
    #expect(seen(writer) == Seen(text: "", overflowed: false, free: 0))
    writer.append(decimal: 1)
    #expect(seen(writer) == Seen(text: "", overflowed: true, free: 0))
  }

  private struct Seen: Equatable {
    var text: String
    var overflowed: Bool
    var free: Int
  }

  private func seen(_ writer: borrowing ByteWriter) -> Seen {
    Seen(text: text(writer), overflowed: writer.overflowed, free: writer.freeCapacity)
  }
}
