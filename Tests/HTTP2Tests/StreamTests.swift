import Testing

@testable import HTTP2

@Suite("A stream of HTTP/2 is an exchange of HTTP/1.1")
struct StreamTests {
  @Test("The request comes as one of HTTP/1.1; crumbs of cookies are one field")
  func request() throws {
    let wire = try Wire()
    wire.send(.headers(1, Frame.request + [("cookie", "a=1"), ("accept", "*/*"), ("cookie", "b=2"), ("te", "trailers")]))
    #expect(
      wire.requests[1]
        == "GET /a?b HTTP/1.1\r\nhost: box\r\naccept: */*\r\nte: trailers\r\ncookie: a=1; b=2\r\n\r\n")
    #expect(wire.content(1) == "ok" && wire.isAnswered(1))
    #expect(wire.session.streams.isEmpty)
  }

  @Test("A body without a length comes in chunks, and its trailers do not come")
  func chunks() throws {
    let wire = try Wire()
    wire.send(.post(1), .data(1, "hello"), .data(1), .data(1, " you"), .headers(1, [("x-trailer", "t")]))
    let body = try #require(wire.requests[1]?.split(separator: "\r\n\r\n", maxSplits: 1).last)
    #expect(body == "5\r\nhello\r\n0\r\n\r\n4\r\n you\r\n0\r\n\r\n" || body == "5\r\nhello\r\n4\r\n you\r\n0\r\n\r\n")
    #expect(wire.requests[1]?.contains("transfer-encoding: chunked") == true)
    #expect(wire.requests[1]?.contains("trailer: t") == false)
    #expect(wire.isAnswered(1))
  }

  @Test("An empty piece of a body is not the end of it")
  func emptyPiece() throws {
    let wire = try Wire()
    wire.send(.post(1), .data(1), .data(1, "x"), .data(1, ends: true))
    #expect(wire.requests[1]?.hasSuffix("\r\n\r\n1\r\nx\r\n0\r\n\r\n") == true, "\(wire.requests[1] ?? "")")
  }

  @Test("A body with a length comes as it is")
  func length() throws {
    let wire = try Wire()
    wire.send(.post(1, [("content-length", "9")]), .data(1, "hello"), .data(1, " you", ends: true))
    #expect(wire.requests[1]?.hasSuffix("content-length: 9\r\n\r\nhello you") == true)
    #expect(wire.isAnswered(1))
  }

  @Test("More body than was promised is reset", arguments: ["hello you, friend", "short"])
  func wrongLength(text: String) throws {
    let wire = try Wire()
    wire.send(.post(1, [("content-length", "9")]), .data(1, text, ends: true))
    #expect(wire.reset(1) == ErrorCode.protocolError && wire.events.contains(.failed(1)))
  }

  @Test("CONNECT reaches the scanner, which knows no such thing")
  func connect() throws {
    let wire = try Wire()
    wire.send(.headers(1, [(":method", "CONNECT"), (":authority", "a:443")]))
    #expect(wire.requests[1]?.hasPrefix("CONNECT a:443 HTTP/1.1\r\n") == true)
  }

  @Test(
    "A response goes out whole, however it is framed and cut",
    arguments: [
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\nhello",
      "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ], [1, 2, 7, 1000])
  func response(text: String, size: Int) throws {
    let wire = try Wire()
    wire.answer = nil
    wire.send(.headers(1))
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      wire.write(1, Array(bytes[start..<min(bytes.count, start + size)]))
      wire.turn()
    }
    wire.session.finish(1)
    wire.turn()
    #expect(wire.content(1) == "hello" && wire.isAnswered(1) && wire.reset(1) == nil)
    let heads = wire.frames(1).filter { $0.type == 1 }.map { String(decoding: $0.payload, as: UTF8.self) }
    #expect(heads.count == (text.contains("103") ? 2 : 1))
    #expect(!heads.contains { $0.lowercased().contains("transfer-encoding") })
  }

  @Test(
    "A response without content ends with its head",
    arguments: [
      "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ])
  func noContent(text: String) throws {
    let wire = try Wire()
    wire.answer = text
    wire.send(.headers(1))
    #expect(wire.frames(1).filter { $0.type <= 1 }.map(\.isLast) == [true])
  }

  @Test("The answer to HEAD has no content, whatever it says of its length")
  func head() throws {
    let wire = try Wire()
    wire.answer = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
    wire.send(.headers(1, Frame.request.map { $0.0 == ":method" ? ($0.0, "HEAD") : $0 }))
    #expect(wire.isAnswered(1) && wire.content(1) == "")
  }

  @Test(
    "A response that breaks off is reset",
    arguments: [
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
      "HTTP/1.1 200", "",
    ])
  func brokenOff(text: String) throws {
    let wire = try Wire()
    wire.answer = nil
    wire.send(.headers(1))
    wire.write(1, Array(text.utf8))
    wire.turn()
    wire.session.finish(1)
    wire.session.close(1)
    wire.turn()
    #expect(wire.reset(1) == ErrorCode.internalError && !wire.isAnswered(1))
    #expect(wire.session.streams.isEmpty)
  }

  @Test("An answer before the whole request is delivered; then the client is told to stop (8.1)")
  func early() throws {
    let wire = try Wire()
    wire.answer = nil
    wire.send(.post(1), .data(1, "some"))
    wire.write(1, Array("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno".utf8))
    wire.session.finish(1)
    wire.turn()
    wire.session.close(1)
    wire.turn()
    #expect(wire.content(1) == "no" && wire.isAnswered(1))
    #expect(wire.reset(1) == ErrorCode.none)
    wire.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    wire.send(.data(1, "more"), .headers(3))
    #expect(wire.isAnswered(3) && wire.goodbye == nil)
  }

  @Test("A client's reset is told once, and the stream is forgotten")
  func reset() throws {
    let wire = try Wire()
    wire.answer = nil
    wire.send(.headers(1), .reset(1))
    #expect(wire.events.filter { $0 == .failed(1) }.count == 1 && wire.session.streams.isEmpty)
  }

  @Test("Nothing more is sent than the client's window takes; what waits is counted")
  func outgoingWindow() throws {
    let wire = try Wire(settings: [(4, 1000)])
    wire.answer = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + String(repeating: "x", count: 5000)
    wire.send(.headers(1))
    #expect(wire.content(1).count == 1000 && wire.session.pending(1) == 4000 && !wire.isAnswered(1))
    wire.send(.window(1, 3000))
    #expect(wire.content(1).count == 4000 && wire.session.pending(1) == 1000)
    wire.send(.window(1, 3000))
    #expect(wire.content(1).count == 5000 && wire.isAnswered(1) && wire.events.contains(.drained(1)))
  }

  @Test("A window opens only when the gateway has read")
  func incomingWindow() throws {
    let wire = try Wire()
    wire.answer = nil
    wire.reads = false
    wire.send(.post(1))
    let piece = String(repeating: "x", count: 16_384)
    for _ in 0..<8 { wire.send(.data(1, piece)) }
    #expect(wire.frames.contains { $0.type == 8 && $0.stream == 1 } == false && wire.goodbye == nil)
    wire.reads = true
    wire.read(1)
    wire.turn()
    #expect(wire.frames.contains { $0.type == 8 && $0.stream == 1 })
    wire.reads = false
    for _ in 0..<9 { wire.send(.data(1, piece)) }
    #expect(wire.reset(1) == ErrorCode.flowControl || wire.goodbye == ErrorCode.flowControl)
  }

  @Test("A goodbye lets what runs go on, and takes no more")
  func leave() throws {
    let wire = try Wire()
    wire.answer = nil
    wire.send(.post(1))
    wire.session.leave()
    wire.turn()
    #expect(wire.goodbye == ErrorCode.none && !wire.session.isOver)
    wire.send(.headers(3))
    #expect(wire.requests[3] == nil)
    wire.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    wire.send(.data(1, "x", ends: true))
    #expect(wire.content(1) == "ok" && wire.isAnswered(1))
    #expect(wire.session.isOver)
  }
}

@Suite("What a client of HTTP/2 can make the gateway do is bounded")
struct AbuseTests {
  @Test("More streams than are let are refused (5.1.2)")
  func streams() throws {
    let wire = try Wire()
    wire.answer = nil
    for number in 0..<200 { wire.send(.headers(UInt32(2 * number + 1))) }
    #expect(wire.requests.count == 128)
    #expect(wire.reset(2 * 150 + 1) == ErrorCode.refused || wire.goodbye != nil)
  }

  @Test("Streams that are opened and reset at once end the connection (CVE-2023-44487)")
  func rapidReset() throws {
    let wire = try Wire()
    wire.answer = nil
    var count: UInt32 = 0
    while !wire.session.isOver, count < 20_000 {
      wire.send(.headers(2 * count + 1), .reset(2 * count + 1))
      count += 1
    }
    #expect(count < 1000 && wire.session.streams.count <= 1, "\(count)")
  }

  @Test("A client that gets its answers may reset one now and then, for ever")
  func honest() throws {
    let wire = try Wire()
    for count in 0..<5000 as Range<UInt32> {
      wire.send(.headers(2 * count + 1))
      if count % 4 == 0 { wire.send(.ping()) }
      if wire.session.isOver { break }
    }
    #expect(!wire.session.isOver && wire.requests.count == 5000)
  }

  @Test(
    "Frames that lead to nothing end the connection (CVE-2019-9512, 9513, 9515, 9518)",
    arguments: [
      ("pings", Frame.ping()), ("settings", Frame.settings()), ("priorities", Frame.priority(1, on: 3)),
      ("empty data", Frame.data(1)), ("windows", Frame.window(0, 1)),
      ("continuations", Frame.headers(1, [], endsHead: false, type: 9)),
    ])
  func floods(name: String, frame: Frame) throws {
    let wire = try Wire()
    wire.answer = nil
    wire.send(.post(1))
    var count = 0
    while !wire.session.isOver, count < 50_000 {
      wire.send(frame)
      count += 1
    }
    #expect(count < 20_000, "\(count)")
  }

  @Test("A head that does not end is bounded (CVE-2024-28182)")
  func continuations() throws {
    let wire = try Wire()
    wire.send(.headers(1, endsHead: false))
    var count = 0
    while !wire.session.isOver, count < 50_000 {
      wire.send(.headers(1, [("x-\(count)", String(repeating: "y", count: 8000))], endsHead: false, type: 9))
      count += 1
    }
    #expect(count < 1100 && wire.requests.isEmpty, "\(count)")
  }

  @Test("A head of more than 64 KiB reaches the scanner cut, which refuses it; what is kept is bounded")
  func largeHead() throws {
    let wire = try Wire()
    wire.send(.headers(1, endsHead: false))
    for count in 0..<7 {
      wire.send(.headers(1, [("x-\(count)", String(repeating: "y", count: 15_000))], endsHead: count == 6, type: 9))
    }
    let size = wire.requests[1]?.utf8.count ?? 0
    #expect(wire.session.isOver || (size > 65_536 && size < 100_000), "\(size)")
  }
}
