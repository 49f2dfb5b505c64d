import TestSupport
import Testing

@Suite("Limits hold exactly, and what is over them is refused politely", .conformance)
struct LimitTests {
  private let headLimit = 8 * 1024
  private let bodyLimit = 64 * 1024

  /// A whole head of exactly `size` bytes.
  private func padded(_ site: Site, to size: Int) -> String {
    let bare = site.fill(head("GET / HTTP/1.1", "Host: {open}", "X-Pad: "))
    return site.fill(head("GET / HTTP/1.1", "Host: {open}", "X-Pad: " + String(repeating: "p", count: size - bare.utf8.count)))
  }

  @Test("A head of exactly the limit passes")
  func headAtLimit() throws {
    try withSite(.small) { site in
      let response = try site.exchange(padded(site, to: headLimit))
      #expect(response.status == 200)
    }
  }

  @Test("A head one byte over the limit gets 431 and the connection closes (RFC 6585, 5)")
  func headOverLimit() throws {
    try withSite(.small) { site in
      let client = try site.connect()
      try client.send(padded(site, to: headLimit + 1))
      #expect(try client.response().status == 431)
      #expect(try client.rest(.seconds(5)).bytes.isEmpty)
      #expect(site.upstream.requests.isEmpty)
    }
  }

  @Test("A head without end gets 431 (RFC 6585, 5)")
  func endlessHead() throws {
    try withSite(.small) { site in
      let client = try site.connect()
      try client.send(site.fill("GET / HTTP/1.1\r\nHost: {open}\r\n"))
      for number in 0..<1000 {
        do { try client.send("X-\(number): " + String(repeating: "y", count: 100) + "\r\n") } catch { break }
      }
      // The answer may be lost to a reset, as the client never stopped sending.
      let status = try? client.response(to: "GET", .seconds(5)).status
      #expect(status == 431 || status == nil)
      #expect(site.upstream.requests.isEmpty)
    }
  }

  @Test("A target over the limit gets 414 or 431 (RFC 9112, 3)")
  func longTarget() throws {
    try withSite(.small) { site in
      let response = try site.exchange(head("GET /" + String(repeating: "a", count: 9000) + " HTTP/1.1", "Host: {open}"))
      #expect([414, 431].contains(response.status))
      #expect(site.upstream.requests.isEmpty)
    }
  }

  @Test("A request line without end is not waited for", arguments: ["GET /", "G"])
  func endlessLine(start: String) throws {
    try withSite(.small) { site in
      let client = try site.connect()
      do { try client.send(start + String(repeating: "a", count: 300_000)) } catch WireError.reset { return }
      let status = try? client.response(to: "GET", .seconds(5)).status
      #expect(status == nil || [400, 414, 431, 501].contains(status))
      #expect(try client.rest(.seconds(5)).bytes.isEmpty)
    }
  }

  @Test("A head of nearly 64 KiB passes where that is the limit (RFC 9110, 5.4)")
  func largeHead() throws {
    try withSite { site in
      let value = String(repeating: "v", count: 15_000)
      let response = try site.exchange(
        head("GET / HTTP/1.1", "Host: {open}", "A: \(value)", "B: \(value)", "C: \(value)", "D: \(value)"))
      #expect(response.status == 200)
      #expect(site.upstream.requests.first?["D"] == value)
    }
  }

  @Test("An answer's head of 40 KiB that comes in pieces arrives (RFC 9110, 5.4)")
  func largeAnswerHead() throws {
    let value = String(repeating: "v", count: 2_000)
    try withSite({ exchange in
      try exchange.finishReading()
      try exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n")
      for number in 0..<20 { try exchange.send("X-\(number): \(value)\r\n") }
      try exchange.send("\r\nok")
    }) { site in
      let client = try site.connect()
      for _ in 1...20 {
        try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
        let response = try client.response(to: "GET", .seconds(5))
        #expect(response.status == 200)
        #expect(response["X-19"] == value)
      }
    }
  }

  @Test("A hundred fields pass, all of them")
  func manyFields() throws {
    try withSite { site in
      let fields = (0..<100).map { "X-\($0): \($0)\r\n" }.joined()
      let response = try site.exchange("GET / HTTP/1.1\r\nHost: {open}\r\n" + fields + "\r\n")
      #expect(response.status == 200)
      #expect((0..<100).allSatisfy { site.upstream.requests.first?["X-\($0)"] == "\($0)" })
    }
  }

  @Test("Thousands of fields are refused or passed, none of them lost (RFC 9110, 5.4)")
  func thousandsOfFields() throws {
    try withSite { site in
      let fields = (0..<5000).map { "X-\($0): \($0)\r\n" }.joined()
      let response = try site.exchange("GET / HTTP/1.1\r\nHost: {open}\r\n" + fields + "\r\n")
      #expect(response.status == 431 || site.upstream.requests.first?["X-4999"] == "4999")
    }
  }

  @Test("A body of exactly the limit passes", arguments: ["length", "chunked"])
  func bodyAtLimit(framing: String) throws {
    try withSite(.small) { site in
      let client = try site.connect()
      try client.send(message(site, framing, bodyLimit))
      #expect(try client.response(to: "POST").status == 200)
      #expect(site.upstream.requests.first?.body.count == bodyLimit)
    }
  }

  @Test(
    "A body over the limit gets 413, and the upstream never a whole request (RFC 9110, 15.5.14)",
    arguments: ["length", "chunked"])
  func bodyOverLimit(framing: String) throws {
    try withSite(.small) { site in
      let client = try site.connect()
      try client.send(message(site, framing, bodyLimit + 1))
      #expect(try client.response(to: "POST").status == 413)
      #expect(site.upstream.requests.allSatisfy { !$0.isComplete })
    }
  }

  @Test("A client that sends all of a too large body first still reads its 413 (RFC 9112, 9.6)")
  func earlyRefusalIsRead() throws {
    try withSite(.small) { site in
      let client = try site.connect()
      try client.send(message(site, "length", 400_000))
      #expect(try client.response(to: "POST").status == 413)
      try site.settle()
      #expect(site.upstream.requests.map(\.target) == ["/settled"])
    }
  }

  @Test("What follows a refused body is never taken for a request (RFC 9112, 9.3)")
  func refusedBodyIsNoRequest() throws {
    try withSite(.small) { site in
      let client = try site.connect()
      let inner = site.fill(head("GET /smuggled HTTP/1.1", "Host: {open}"))
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: 100000")) + inner)
      #expect(try client.response(to: "POST").status == 413)
      client.socket.endSending()
      #expect(try client.rest(.seconds(5)).bytes.isEmpty)
      try site.settle()
      #expect(!site.upstream.receivedBytes.holds("smuggled"))
    }
  }

  @Test("A too large body that waits for 100 is refused without it (RFC 9110, 10.1.1)")
  func expecting() throws {
    try withSite(.small) { site in
      let client = try site.connect()
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: 100000", "Expect: 100-continue")))
      #expect(try client.anyHead().status == 413)
    }
  }

  private func message(_ site: Site, _ framing: String, _ size: Int) -> String {
    let body = String(repeating: "b", count: size)
    if framing == "length" { return site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: \(size)")) + body }
    let half = String(body.prefix(size / 2))
    return site.fill(head("POST / HTTP/1.1", "Host: {open}", "Transfer-Encoding: chunked"))
      + chunked(half, String(body.dropFirst(size / 2)))
  }
}

@Suite("Fields arrive as they were sent", .conformance)
struct FieldTests {
  static let values: [Case<String>] = [
    Case("Bytes above 0x7F", "RFC 9110, 5.5", "caf\u{e9} \u{80}\u{ff}"),
    Case("UTF-8", "RFC 9110, 5.5", "\u{c3}\u{a4}"),
    Case("A tab inside", "RFC 9110, 5.5", "a\tb"),
    Case("Colons, quotes and commas", "RFC 9110, 5.6", "a:b, \"c,d\";e"),
    Case("Nothing", "RFC 9110, 5.5", ""),
    Case("One byte", "RFC 9110, 5.5", "0"),
    Case(
      "Every visible byte", "RFC 9110, 5.5", String(String.UnicodeScalarView((0x21...0x7E).map { Unicode.Scalar(UInt8($0)) }))),
  ]

  @Test("A value arrives unchanged in both directions", arguments: values)
  func bothWays(value: Case<String>) throws {
    try withSite({ exchange in try exchange.answer("200 OK", ["X-Back: \(exchange.request["X-There"] ?? "none")"]) }) { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {open}", "X-There: \(value.value)"))
      #expect(site.upstream.requests.first?["X-There"] == value.value)
      #expect(response["X-Back"] == value.value)
    }
  }

  @Test("White space around a value is not part of it (RFC 9112, 5.1)")
  func whiteSpace() throws {
    try withSite { site in
      _ = try site.exchange("GET / HTTP/1.1\r\nHost:{open}\r\nX-A:\t  v \t\r\n\r\n")
      #expect(site.upstream.requests.first?["X-A"] == "v")
    }
  }

  @Test("Fields of one name keep their order and their number (RFC 9110, 5.3)")
  func repeated() throws {
    try withSite({ exchange in try exchange.answer("200 OK", ["Set-Cookie: a=1", "Set-Cookie: b=2", "X-R: 1", "x-r: 2"]) }) {
      site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {open}", "X-A: 1", "X-B: 2", "x-a: 3"))
      #expect(site.upstream.requests.first?.values("X-A").joined(separator: ", ") == "1, 3")
      #expect(response.values("Set-Cookie") == ["a=1", "b=2"])
      #expect(response.values("X-R").joined(separator: ", ") == "1, 2")
    }
  }

  @Test("Names of every token byte are passed (RFC 9110, 5.1)")
  func names() throws {
    try withSite { site in
      _ = try site.exchange(head("GET / HTTP/1.1", "Host: {open}", "X!#$%&'*+.^`|~09: v"))
      #expect(site.upstream.requests.first?["X!#$%&'*+.^`|~09"] == "v")
    }
  }

  @Test(
    "Any status and reason comes through",
    arguments: ["200 ", "200 Fine indeed", "299 Odd", "418 I'm a teapot", "599 Own", "500 \u{e9}"])
  func status(line: String) throws {
    try withSite({ exchange in
      try exchange.finishReading()
      try exchange.send("HTTP/1.1 \(line)\r\nContent-Length: 2\r\n\r\nok")
    }) { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"))
      #expect(response.status == Int(line.prefix(3)))
      #expect(response.text == "ok")
    }
  }
}
