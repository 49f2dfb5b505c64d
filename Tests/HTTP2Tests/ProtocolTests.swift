import Testing

@testable import HTTP2

/// One thing that a client must not do, or may, and what the server has to say.
struct Rule: Sendable, CustomTestStringConvertible {
  enum Outcome: Sendable { case goodbye([UInt32]), reset(UInt32, [UInt32]), answered(UInt32), nothing }

  var section: String
  var sentence: String
  var bytes: [UInt8]
  var outcome: Outcome

  init(_ section: String, _ sentence: String, _ frames: [Frame], _ outcome: Outcome) {
    self.init(section, sentence, bytes: frames.flatMap(\.bytes), outcome)
  }

  init(_ section: String, _ sentence: String, bytes: [UInt8], _ outcome: Outcome) {
    self.section = section
    self.sentence = sentence
    self.bytes = bytes
    self.outcome = outcome
  }

  var testDescription: String { "\(section) \(sentence)" }
}

/// The families of RFC 9113 (sections in front).
@Suite("HTTP/2, as RFC 9113 has it")
struct ProtocolTests {
  @Test("A wrong frame ends what it is wrong for, and a right one does not", arguments: framing + streams + settings + flow)
  func rule(rule: Rule) throws { try check(rule) }

  @Test("A malformed request is reset, and the gateway never sees it", arguments: requests)
  func request(rule: Rule) throws {
    let wire = try check(rule)
    if case .reset(let stream, _) = rule.outcome { #expect(wire.requests[Int32(stream)] == nil) }
  }

  @Test(
    "Without its preface a client gets no further (3.4)",
    arguments: ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"])
  func preface(text: String) throws {
    let session = try #require(HTTP2Session())
    session.receive(Array(text.utf8).span)
    #expect(session.isOver)
  }

  @Test("A first frame that is not SETTINGS ends the connection (3.4)")
  func firstFrame() throws {
    let session = try #require(HTTP2Session())
    let bytes = Frame.preface + Frame.ping().bytes
    session.receive(bytes.span)
    while session.takeFrames(1 << 20, { _ in }) {}
    #expect(session.isOver)
  }

  @discardableResult
  private func check(_ rule: Rule) throws -> Wire {
    let wire = try Wire()
    wire.feed(rule.bytes)
    switch rule.outcome {
    case .goodbye(let codes):
      #expect(codes.contains(wire.goodbye ?? 99), "\(String(describing: wire.goodbye))")
      #expect(wire.session.isOver)
    case .reset(let stream, let codes):
      let code = wire.reset(stream) ?? wire.goodbye ?? 99
      #expect(codes.contains(code), "\(code)")
      if wire.goodbye == nil {
        // The others go on.
        wire.send(.headers(101))
        #expect(wire.isAnswered(101))
      }
    case .answered(let stream):
      #expect(wire.isAnswered(stream) && wire.goodbye == nil && wire.reset(stream) == nil)
    case .nothing:
      #expect(wire.goodbye == nil && !wire.session.isOver)
      wire.send(.headers(101))
      #expect(wire.isAnswered(101))
    }
    return wire
  }

  // MARK: Tables

  private typealias Code = ErrorCode

  private static let framing: [Rule] = [
    Rule("4.2", "a frame longer than 16,384 bytes", [.post(1), .data(1, String(repeating: "x", count: 16_385))], .goodbye([6])),
    Rule(
      "4.2", "a head longer than 16,384 bytes in one frame",
      [Frame(type: 1, flags: 5, stream: 1, payload: .init(repeating: 0, count: 16_385))], .goodbye([6])),
    Rule(
      "4.3", "a block that cannot be decompressed",
      [Frame(type: 1, flags: 5, stream: 1, payload: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])], .goodbye([9])),
    Rule("4.3", "an index that is in no table", [Frame(type: 1, flags: 5, stream: 1, payload: [0xBF + 64])], .goodbye([9])),
    Rule(
      "5.5", "an unknown frame is passed over", [Frame(type: 0x16, flags: 3, stream: 0, payload: [1, 2]), .headers(1)],
      .answered(1)),
    Rule(
      "5.5", "an unknown frame within a head",
      [.headers(1, endsHead: false), Frame(type: 0x16, stream: 0), .headers(1, [], type: 9)], .goodbye([1])),
    Rule("6.1", "DATA on the connection itself", [.data(0, "x")], .goodbye([1])),
    Rule("6.1", "more padding than frame", [.post(1), Frame(type: 0, flags: 8, stream: 1, payload: [9, 1])], .goodbye([1])),
    Rule("6.2", "HEADERS on the connection itself", [.headers(0)], .goodbye([1])),
    Rule("6.2", "another stream's frame within a head", [.headers(1, endsHead: false), .headers(3)], .goodbye([1])),
    Rule("6.2", "a frame of another kind within a head", [.headers(1, endsHead: false), .ping()], .goodbye([1])),
    Rule("6.2", "more padding than head", [Frame(type: 1, flags: 13, stream: 1, payload: [200, 0])], .goodbye([1])),
    Rule("6.3", "PRIORITY on the connection itself", [.priority(0, on: 1)], .goodbye([1])),
    Rule("6.3", "PRIORITY of a wrong length", [Frame(type: 2, stream: 1, payload: [0, 0, 0, 0])], .reset(1, [6])),
    Rule("6.4", "RST_STREAM on the connection itself", [.reset(0)], .goodbye([1])),
    Rule("6.4", "RST_STREAM of a wrong length", [.post(1), Frame(type: 3, stream: 1, payload: [0, 0])], .goodbye([6])),
    Rule("6.7", "PING on a stream", [Frame(type: 6, stream: 1, payload: .init(repeating: 0, count: 8))], .goodbye([1])),
    Rule("6.7", "PING of a wrong length", [Frame(type: 6, payload: [1])], .goodbye([6])),
    Rule("6.7", "an answer to no PING", [.ping(isAck: true)], .nothing),
    Rule("6.8", "GOAWAY on a stream", [Frame(type: 7, stream: 1, payload: .init(repeating: 0, count: 8))], .goodbye([1])),
    Rule("6.10", "CONTINUATION of nothing", [.headers(1), .headers(1, [], type: 9)], .goodbye([1, 5])),
    Rule("6.10", "CONTINUATION of another stream", [.headers(1, endsHead: false), .headers(3, [], type: 9)], .goodbye([1])),
    Rule(
      "6.10", "a head in several frames",
      [
        .headers(1, Array(Frame.request.prefix(2)), endsHead: false),
        .headers(1, Array(Frame.request.suffix(2)), ends: false, type: 9),
      ], .answered(1)),
    Rule("8.4", "PUSH_PROMISE from a client", [Frame(type: 5, flags: 4, stream: 1, payload: [0, 0, 0, 2])], .goodbye([1])),
  ]

  private static let streams: [Rule] = [
    Rule("5.1", "DATA on a stream that was never opened", [.data(1, "x")], .goodbye([1])),
    Rule("5.1", "RST_STREAM on a stream that was never opened", [.reset(1)], .goodbye([1])),
    Rule("5.1", "WINDOW_UPDATE on a stream that was never opened", [.window(1, 1)], .goodbye([1])),
    Rule("5.1", "DATA after the request's end", [.headers(1), .data(1, "x")], .reset(1, [5])),
    Rule("5.1", "HEADERS after the request's end", [.headers(1), .headers(1)], .reset(1, [5])),
    Rule("5.1", "DATA after a reset is passed over", [.post(1), .reset(1), .data(1, "x")], .nothing),
    Rule("5.1.1", "an even number", [.headers(2)], .goodbye([1])),
    // It may have been closed a moment ago: nothing is kept of those.
    Rule("5.1.1", "a number below an earlier one is passed over", [.headers(5), .headers(3)], .nothing),
    Rule("5.3.1", "a stream that depends on itself", [.priority(1, on: 1)], .goodbye([1])),
    Rule("7", "a reset for an unknown reason", [.post(1), .reset(1, 0xFF)], .nothing),
  ]

  private static let settings: [Rule] = [
    Rule("6.5", "SETTINGS on a stream", [Frame(type: 4, stream: 1)], .goodbye([1])),
    Rule("6.5", "SETTINGS of a wrong length", [Frame(type: 4, payload: [1, 2, 3])], .goodbye([6])),
    Rule("6.5", "an answer to SETTINGS with something in it", [Frame(type: 4, flags: 1, payload: [0])], .goodbye([6])),
    Rule("6.5.2", "ENABLE_PUSH of 2", [.settings([(2, 2)])], .goodbye([1])),
    Rule("6.5.2", "a window of 2^31", [.settings([(4, 1 << 31)])], .goodbye([3])),
    Rule("6.5.2", "frames of less than 16,384", [.settings([(5, 16_383)])], .goodbye([1])),
    Rule("6.5.2", "frames of more than 2^24 - 1", [.settings([(5, 1 << 24)])], .goodbye([1])),
    Rule("6.5.2", "a setting that nobody knows", [.settings([(0xFFFF, 1)]), .headers(1)], .answered(1)),
  ]

  private static let flow: [Rule] = [
    Rule("6.9", "a window that opens by nothing, for the connection", [.window(0, 0)], .goodbye([1])),
    Rule("6.9", "a window that opens by nothing, for a stream", [.post(1), .window(1, 0)], .reset(1, [1])),
    Rule("6.9", "WINDOW_UPDATE of a wrong length", [Frame(type: 8, payload: [0, 0])], .goodbye([6])),
    Rule("6.9.1", "the connection's window beyond 2^31 - 1", [.window(0, 0x7FFF_FFFF), .window(0, 0x7FFF_FFFF)], .goodbye([3])),
    Rule(
      "6.9.1", "a stream's window beyond 2^31 - 1", [.post(1), .window(1, 0x7FFF_FFFF), .window(1, 0x7FFF_FFFF)], .reset(1, [3])),
  ]

  /// `more` behind a good request's fields, or `fields` in place of them.
  private static func malformed(
    _ section: String, _ sentence: String, more: [(String, String)] = [], fields: [(String, String)] = Frame.request
  ) -> Rule {
    Rule(section, sentence, [.headers(1, fields + more)], .reset(1, [1]))
  }

  private static let requests: [Rule] = [
    malformed("8.2.1", "a name with a capital", more: [("X-A", "b")]),
    malformed("8.2.1", "a name with a space", more: [("x a", "b")]),
    malformed("8.2.1", "a name with a colon", more: [("x:a", "b")]),
    malformed("8.2.1", "an empty name", more: [("", "b")]),
    malformed("8.2.1", "a line end in a value", more: [("x-a", "b\r\nx-b: c")]),
    malformed("8.2.1", "a NUL in a value", more: [("x-a", "b\0c")]),
    malformed("8.2.1", "a space before a value", more: [("x-a", " b")]),
    malformed("8.2.1", "a space behind a value", more: [("x-a", "b ")]),
    malformed("8.2.2", "Connection", more: [("connection", "keep-alive")]),
    malformed("8.2.2", "Keep-Alive", more: [("keep-alive", "5")]),
    malformed("8.2.2", "Proxy-Connection", more: [("proxy-connection", "close")]),
    malformed("8.2.2", "Transfer-Encoding", more: [("transfer-encoding", "chunked")]),
    malformed("8.2.2", "Upgrade", more: [("upgrade", "websocket")]),
    malformed("8.2.2", "TE other than trailers", more: [("te", "gzip")]),
    malformed("8.3", "an unknown pseudo field", more: [(":test", "x")], fields: []),
    malformed("8.3", "a pseudo field of responses", fields: Frame.request + [(":status", "200")]),
    malformed("8.3", "a pseudo field behind a usual one", fields: [("x-a", "b")] + Frame.request),
    malformed("8.3.1", "no method", fields: Array(Frame.request.dropFirst())),
    malformed("8.3.1", "no scheme", fields: Frame.request.filter { $0.0 != ":scheme" }),
    malformed("8.3.1", "another scheme than https", fields: Frame.request.map { $0.0 == ":scheme" ? ($0.0, "http") : $0 }),
    malformed("8.3.1", "no path", fields: Frame.request.filter { $0.0 != ":path" }),
    malformed("8.3.1", "an empty path", fields: Frame.request.map { $0.0 == ":path" ? ($0.0, "") : $0 }),
    malformed("8.3.1", "a path with a space", fields: Frame.request.map { $0.0 == ":path" ? ($0.0, "/a HTTP/1.1") : $0 }),
    malformed("8.3.1", "a path with a line end", fields: Frame.request.map { $0.0 == ":path" ? ($0.0, "/a\r\nx: y") : $0 }),
    malformed("8.3.1", "a method with a line end", fields: Frame.request.map { $0.0 == ":method" ? ($0.0, "GET\r\n") : $0 }),
    malformed("8.3.1", "a method with a space", fields: Frame.request.map { $0.0 == ":method" ? ($0.0, "GET /x") : $0 }),
    malformed(
      "8.3.1", "an authority with a line end", fields: Frame.request.map { $0.0 == ":authority" ? ($0.0, "a\r\nx: y") : $0 }),
    malformed("8.3.1", "two methods", fields: Frame.request + [(":method", "GET")]),
    malformed("8.3.1", "two paths", fields: Frame.request + [(":path", "/b")]),
    malformed("8.3.1", "a Host that says something else", more: [("host", "other")]),
    malformed("8.5", "CONNECT with a path", fields: Frame.request.map { $0.0 == ":method" ? ($0.0, "CONNECT") : $0 }),
    malformed("8.1.1", "an end before the length that was promised", more: [("content-length", "3")]),
    malformed("8.1.1", "two lengths", more: [("content-length", "0"), ("content-length", "0")]),
    malformed("8.1.1", "a length that is no number", more: [("content-length", "0x0")]),
  ]
}
