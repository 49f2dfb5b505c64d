import HTTP
import HTTPReference
import TestSupport
import Testing

@Suite("A chunked body")
struct ChunkedBodyTests {
  static let bodies = [
    "0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n", "A\r\n0123456789\r\n0\r\n\r\n",
    "a\r\n0123456789\r\n0\r\n\r\n", "00005\r\nhello\r\n000\r\n\r\n", "5;ext\r\nhello\r\n0;last=1\r\n\r\n",
    "5;a=b;c=\"d;e\"\r\nhello\r\n0\r\n\r\n", "5 ;x\r\nhello\r\n0\t;y\r\n\r\n", "5;\r\nhello\r\n0\r\n\r\n",
    "2\r\n\r\n\r\n2\r\n\n\n\r\n0\r\n\r\n", "0\r\nX-A: b\r\nX-C:\r\n\r\n", "3\r\nabc\r\n0;z\r\nT: \t v \r\n\r\n",
    "1f\r\n0123456789012345678901234567890\r\n0\r\n\r\n", "5;\u{FF}\u{80}\r\nhello\r\n0\r\nA: \u{FF}\r\n\r\n",
    "000000000005\r\nhello\r\n0\r\n\r\n",
  ]

  @Test("is the same however it is cut, and the same as for a slow reader", arguments: bodies)
  func cuts(text: String) throws {
    let bytes = octets(text)
    let slow = try #require(SlowChunks(bytes))
    let wanted = ChunkReading.complete(data: slow.data, passed: slow.passed, length: bytes.count)
    #expect(readChunks(bytes, cuts: []) == wanted)
    #expect(readChunks(bytes + octets("GET / HTTP/1.1"), cuts: []) == wanted)
    #expect(readChunks(bytes, cuts: Array(bytes.indices)) == wanted)
    for first in bytes.indices {
      for second in first..<bytes.count where readChunks(bytes, cuts: [first, second]) != wanted {
        Issue.record("cut at \(first), \(second)")
      }
    }
  }

  @Test("is complete at its last byte and not before", arguments: bodies)
  func prefixes(text: String) {
    let bytes = octets(text)
    for count in bytes.indices where readChunks(Array(bytes[..<count]), cuts: []) != .incomplete {
      Issue.record("after \(count) bytes")
    }
  }

  @Test(
    "is malformed in anything that two readers could take for different things",
    arguments: [
      "\r\n", "\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n",
      "5\r\nhello\r0\r\n\r\n",
      "5\rhello", "5\r\rhello", "g\r\n", "-1\r\n", "+5\r\nhello\r\n", "0x5\r\nhello\r\n", " 5\r\nhello\r\n", "5 \r\nhello\r\n",
      "5\t\r\nhello\r\n",
      "5 5\r\nhello\r\n", "5 x\r\n", "5,\r\nhello", ";x\r\n", "5;x\ny\r\nhello", "5;x\ry\r\nhello", "5;\u{0}\r\nhello",
      "5;\u{7F}\r\nhello",
      "5;\"\u{1}\"\r\nhello", "0\n\r\n", "0\r\n\n", "0\r\r\n", "0\r\n\r\r", "0\r\nA b: c\r\n\r\n", "0\r\nA : c\r\n\r\n",
      "0\r\n: c\r\n\r\n",
      "0\r\nAbc\r\n\r\n", "0\r\n A: c\r\n\r\n", "0\r\nA: b\r\n c\r\n\r\n", "0\r\nA: b\n\r\n", "0\r\nA: b\rc\r\n\r\n",
      "0\r\nA: \u{0}\r\n\r\n",
      "0000000000000\r\n\r\n", "1000000000000\r\n", "FFFFFFFFFFFFFFFF\r\n", "FFFFFFFFFFFFFFFFF\r\n",
      "10000000000000005\r\nhello\r\n0\r\n\r\n",
      "5\r\nhello\r\n\r\n", "5.0\r\nhello\r\n", "5\u{0}\r\nhello", "5_0\r\n", "\u{FF}5\r\n", "5\u{B}\r\n",
    ])
  func malformed(text: String) {
    let bytes = octets(text)
    #expect(readChunks(bytes, cuts: []) == .malformed)
    #expect(readChunks(bytes, cuts: Array(bytes.indices)) == .malformed)
    #expect(SlowChunks(bytes) == nil)
  }

  @Test("bounds its extensions and its trailers")
  func bounds() {
    let long = String(repeating: "x", count: 1020)
    #expect(readChunks(octets("1;\(long)\r\na\r\n0\r\n\r\n"), cuts: []) != .malformed)
    #expect(readChunks(octets("1;\(long)xxxx\r\na\r\n0\r\n\r\n"), cuts: []) == .malformed)
    #expect(readChunks(octets("1" + String(repeating: " ", count: 100_000)), cuts: []) == .malformed)
    #expect(readChunks(octets("0\r\n" + String(repeating: "A: b\r\n", count: 1300) + "\r\n"), cuts: []) != .malformed)
    #expect(readChunks(octets("0\r\n" + String(repeating: "A: b\r\n", count: 1400) + "\r\n"), cuts: []) == .malformed)
  }

  @Test("counts its data over chunks of the largest size without a trap")
  func largest() throws {
    var body = ChunkedBody()
    let line = octets("ffffffffffff\r\nabc")
    var at = 0
    while at < line.count { at = try body.next(line.span, from: at).end }
    #expect(body.total == 3 && !body.isDone && !body.isBetweenChunks)
  }

  @Test("knows when it stands between two chunks")
  func between() throws {
    var body = ChunkedBody()
    let bytes = octets("5\r\nhello\r\n0\r\n\r\n")
    var places: [Int] = []
    for index in bytes.indices {
      if body.isBetweenChunks { places.append(index) }
      _ = try body.next([bytes[index]].span, from: 0)
    }
    #expect(places == [0, 10] && body.isDone)
  }

  @Test("is judged as a slow reader judges it, in 60,000 mutations, cut at random")
  func mutations() {
    var random = SeededRandom(state: 0xC4_0C4D)
    let spice = ["\r", "\n", "\r\n", ";", " ", "0", "5", "f", ":", "\u{0}", "A: b\r\n", "0\r\n\r\n", "\u{FF}", "\t"].map(octets)
    var complete = 0
    for _ in 0..<60_000 {
      var bytes = octets(random.oneOf(Self.bodies))
      for _ in 0..<random.below(3) {
        let at = random.below(bytes.count + 1)
        switch random.below(3) {
        case 0: bytes.insert(contentsOf: random.oneOf(spice), at: at)
        case 1: if at < bytes.count { bytes.remove(at: at) }
        default: if at < bytes.count { bytes[at] = random.oneOf(spice)[0] }
        }
      }
      let cuts = (0..<random.below(4)).map { _ in random.below(bytes.count + 1) }.sorted()
      let reading = readChunks(bytes, cuts: cuts)
      guard agrees(reading, bytes) else { return fail("\(latin1(bytes).debugDescription) cut at \(cuts) is \(reading)") }
      if case .complete = reading { complete += 1 }
    }
    // The mutations must try both sides of the border.
    #expect(complete > 10_000 && complete < 55_000)
  }

  private func agrees(_ reading: ChunkReading, _ bytes: [UInt8]) -> Bool {
    let slow = SlowChunks(bytes)
    if case .complete(let data, let passed, let length) = reading {
      return slow?.data == data && slow?.passed == passed && slow?.length == length
    }
    return slow == nil
  }
}
