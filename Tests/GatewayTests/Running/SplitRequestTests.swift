import Gateway
import Model
import TestSupport
import Testing

@Suite("Requests in pieces")
struct SplitRequestTests {
  private static let close = "Connection: close\r\n"

  /// What a client sends on one connection, which the last request ends.
  static let whole: [String] = [
    get("/a", close), get("/a") + get("/b", close), get("/a") + get("/b") + get("/c") + get("/d", close),
    "\r\n" + get("/a", close), get("/a") + "\r\n" + get("/b", close),
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + get("/b", close),
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nT: u\r\n\r\n"
      + get("/b", close),
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nPUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\(close)\r\nabc",
    "GET http://b/c HTTP/1.1\r\nHost: a\r\nCookie: a=b\r\nTE: x\r\n\(close)\r\n", "GET /a HTTP/1.0\r\n\r\n",
    "POST /a HTTP/1.0\r\nContent-Length: 4\r\n\r\n\r\n\r\n",
  ]

  /// The same, with something wrong in it; what came before that is answered.
  static let broken: [String] = [
    "GET /a HTTP/1.1\r\n\r\n", "GET /a HTTP/1.1\nHost: a\n\n", get("/a") + "GET /b HTTP/2.0\r\nHost: a\r\n\r\n",
    get("/a") + "nonsense\r\n\r\n",
    "\r\n\r\n" + "G", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello",
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "\u{16}\u{3}\u{1}", "GET /a HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "y", count: 3000))\r\n\r\n",
  ]

  @Test("reach the service as the same bytes and get the same answers, however they are cut", arguments: whole)
  func same(text: String) async throws {
    try await RunningGateway.with(Self.addPace, script: { try $0.answer(body: $0.request.target + $0.request.text) }) { running in
      let once = try converse(running, [octets(text)])
      #expect(once.answers.contains("HTTP/1.1 200") && !once.requests.isEmpty)
      let bytes = octets(text)
      try expect(once, running, bytes.map { [$0] })
      for place in stride(from: 1, to: bytes.count, by: 3) {
        try expect(once, running, [Array(bytes[..<place]), Array(bytes[place...])])
      }
    }
  }

  @Test("are refused for the same reason, however they are cut", arguments: broken)
  func refused(text: String) async throws {
    try await RunningGateway.with(Self.addPace) { running in
      let once = try converse(running, [octets(text)])
      #expect(once.answers.contains("Connection: close"))
      let bytes = octets(text)
      try expect(once, running, bytes.count < 500 ? bytes.map { [$0] } : bytes.chunks(of: 100))
      for place in stride(from: 1, to: bytes.count, by: 1 + bytes.count / 30) {
        try expect(once, running, [Array(bytes[..<place]), Array(bytes[place...])])
      }
    }
  }

  /// Returns when the one loop has gone round twice, so that what was sent before has been read.
  private func turn(_ pace: RawConnection) throws {
    for _ in 0..<2 {
      try pace.send("GET / HTTP/1.1\r\nHost: pace\r\n\r\n")
      _ = try pace.response()
    }
  }

  private static let addPace: @Sendable (inout GatewayConfiguration) -> Void = { configuration in
    configuration.routes.append(Route(service: "pace", host: "pace", prefix: "/nowhere/", target: .local))
    configuration.limits.head = 2048
    configuration.timeouts.head = 2000
  }

  private struct Conversation: Equatable {
    var answers: String
    var requests: [String]
  }

  private func expect(_ once: Conversation, _ running: RunningGateway, _ pieces: [[UInt8]]) throws {
    let again = try converse(running, pieces)
    if again != once { Issue.record("in \(pieces.count) pieces, the first of \(pieces[0].count) bytes: \(again)") }
  }

  private func converse(_ running: RunningGateway, _ pieces: [[UInt8]]) throws -> Conversation {
    let before = running.upstream.requests.count
    let client = try running.connect()
    let pace = try running.connect()
    for piece in pieces {
      // A refusal may come before everything is sent.
      try? client.send(piece)
      if pieces.count > 1 { try turn(pace) }
    }
    let answers = latin1(try client.rest().bytes).split(separator: "\r\n", omittingEmptySubsequences: false)
    return Conversation(
      answers: answers.filter { !$0.hasPrefix("Date: ") }.joined(separator: "\n"),
      requests: running.upstream.requests.dropFirst(before).map { latin1($0.head.bytes) + $0.text })
  }
}

extension [UInt8] {
  fileprivate func chunks(of size: Int) -> [[UInt8]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min(count, $0 + size)]) }
  }
}
