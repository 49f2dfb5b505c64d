import HTTP
import HTTPReference
import TestSupport
import Testing

@Suite("The head scanner")
struct ScannerDifferentialTests {
  @Test("judges as a slow reader judges, in 120,000 mutations, with one head reused for all", arguments: 0..<4)
  func mutations(seed: Int) {
    var mutator = HeadMutator(seed: UInt64(seed) &* 0x5CA9 &+ 1)
    var head = RequestHead()
    var accepted = 0
    for _ in 0..<30_000 {
      let bytes = mutator.next()
      let reading = readRequest(bytes, into: &head)
      let slow = SlowHead.read(bytes)
      guard reading == slow else {
        return fail("\(latin1(bytes).debugDescription) is \(reading), the slow reader says \(slow)")
      }
      if reading.message != nil { accepted += 1 }
    }
    // The mutations must try both sides of the border.
    #expect(accepted > 5_000 && accepted < 25_000)
  }

  @Test(
    "agrees with the slow reader on everything in the tables",
    arguments: Refusal.lines + Refusal.fields + Refusal.framing + Refusal.hosts)
  func tables(refusal: Refusal) { #expect(SlowHead.read(octets(refusal.head)) == .refused(refusal.problem)) }

  @Test("never traps on noise, whole or for answers")
  func noise() {
    var random = SeededRandom(state: 0x0DD)
    let alphabet = octets("GET /HTP1.\r\n\r\n:, \tAb0%\u{0}\u{FF}")
    for _ in 0..<20_000 {
      let bytes = (0..<random.below(80)).map { _ in random.oneOf(alphabet) }
      if readRequest(bytes) != SlowHead.read(bytes) { return fail("\(latin1(bytes).debugDescription)") }
      _ = readResponse(octets("HTTP/1.1 200 OK\r\n") + bytes)
      _ = readResponse(bytes)
    }
  }
}

/// Valid heads with one to three things wrong, or nothing.
private struct HeadMutator {
  private var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(state: seed) }

  private static let heads = [
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a?b=c HTTP/1.0\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /x HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello",
    "POST /x HTTP/1.1\r\nHost: [::1]:80\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "GET http://b:81/x?y HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, x\r\n\r\n",
    "GET https://b HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nConnection: close\r\n\r\n",
    "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "PUT /y HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 12\r\nCookie: a=b; c=d\r\n\r\n",
    "HEAD /z HTTP/1.0\r\nHost: a\r\nConnection: Keep-Alive\r\nX_Forwarded_For: 1.2.3.4\r\nX-Empty:\r\n\r\n",
  ].map(octets)

  private static let spice =
    [
      "\r", "\n", "\r\n", "\r\n\r\n", " ", "\t", ":", ",", ";", "\u{0}", "\u{7F}", "\u{80}", "\u{FF}", "#", "?", "/", "*", "@",
      "[", "]",
      "http://", "0", "1", "9", "+", "-", ".", "%", "close", "keep-alive", "upgrade", "x", "\r\n ", "\r\n\t",
      "Host: b\r\n", "Content-Length: 5\r\n", "Content-Length: 6, 6\r\n", "Transfer-Encoding: chunked\r\n",
      "Transfer-Encoding: gzip\r\n",
      "Connection: close\r\n", "Connection: Host\r\n", "Upgrade: websocket\r\n", "Expect: x\r\n", " HTTP/1.1", " HTTP/2.0",
      "CONNECT ",
    ].map(octets)

  mutating func next() -> [UInt8] {
    var bytes = random.oneOf(Self.heads)
    for _ in 0..<random.below(4) {
      let at = random.below(bytes.count + 1)
      switch random.below(5) {
      case 0, 1: bytes.insert(contentsOf: random.oneOf(Self.spice), at: at)
      case 2: if at < bytes.count { bytes[at] = random.oneOf(Self.spice)[0] }
      case 3: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(3)))
      default: insertAtLineStart(&bytes)
      }
    }
    return bytes
  }

  /// Whole lines in the right place get further into the scanner than bytes anywhere.
  private mutating func insertAtLineStart(_ bytes: inout [UInt8]) {
    let starts = bytes.indices.filter { $0 > 0 && bytes[$0 - 1] == 10 }
    guard !starts.isEmpty else { return }
    bytes.insert(contentsOf: random.oneOf(Self.spice), at: random.oneOf(starts))
  }
}
