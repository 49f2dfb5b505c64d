import Client
import Testing

@Suite("Websocket frames")
struct FrameTests {
  static let hello = Array("Hello".utf8)

  @Test(
    "RFC 6455's examples are read and written",
    arguments: [
      (WebSocketFrame(.text, hello), [UInt8]?.none, [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F] as [UInt8]),
      (
        WebSocketFrame(.text, hello), [0x37, 0xFA, 0x21, 0x3D],
        [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
      ),
      (WebSocketFrame(.text, Array("Hel".utf8), isFinal: false), nil, [0x01, 0x03, 0x48, 0x65, 0x6C]),
      (WebSocketFrame(.continuation, Array("lo".utf8)), nil, [0x80, 0x02, 0x6C, 0x6F]),
      (WebSocketFrame(.ping, hello), nil, [0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]),
      (
        WebSocketFrame(.pong, hello), [0x37, 0xFA, 0x21, 0x3D],
        [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
      ),
    ])
  func examples(frame: WebSocketFrame, mask: [UInt8]?, bytes: [UInt8]) throws {
    #expect(frame.encoded(mask: mask) == bytes)
    var decoder = FrameDecoder(expectsMask: mask != nil, limit: 1000)
    decoder.push(bytes)
    #expect(try decoder.next() == frame)
    #expect(try decoder.next() == nil)
  }

  @Test(
    "Every length class comes back as it went, however the bytes are split", arguments: [0, 1, 125, 126, 65535, 65536, 70000])
  func lengths(count: Int) throws {
    let frame = WebSocketFrame(.binary, (0..<count).map { UInt8(truncatingIfNeeded: $0) })
    for mask in [nil, [1, 2, 3, 4]] as [[UInt8]?] {
      let bytes = frame.encoded(mask: mask)
      let header = bytes.count - count
      #expect(header == (mask == nil ? 0 : 4) + (count < 126 ? 2 : count < 65536 ? 4 : 10))
      for split in Set(
        [0, 1, 2, 3, header - 1, header, header + count / 2, bytes.count - 1].filter { (0..<bytes.count).contains($0) })
      {
        var decoder = FrameDecoder(expectsMask: mask != nil, limit: 70000)
        decoder.push(Array(bytes[..<split]))
        #expect(try decoder.next() == nil)
        decoder.push(Array(bytes[split...]) + [0x81])
        #expect(try decoder.next() == frame)
      }
    }
  }

  @Test(
    "What the rules forbid is refused",
    arguments: [
      [0xC1, 0x00], [0x83, 0x00], [0x8B, 0x00], [0x81, 0x80, 0, 0, 0, 0], [0x09, 0x00], [0x88, 0x7E, 0x00, 0x7E],
      [0x82, 0x7E, 0x00, 0x05], [0x82, 0x7F, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF],
    ] as [[UInt8]])
  func violations(bytes: [UInt8]) {
    var decoder = FrameDecoder(expectsMask: false, limit: 1000)
    decoder.push(bytes)
    let error = #expect(throws: WebSocketError.self) { try decoder.next() }
    guard case .violation? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    "A frame that is too large is refused before its bytes come",
    arguments: [
      [0x82, 0x7E, 0x03, 0xE9], [0x82, 0x7F, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], [0x82, 0x7F, 0xFF, 0, 0, 0, 0, 0, 0, 0],
    ]
      as [[UInt8]])
  func tooLarge(bytes: [UInt8]) {
    var decoder = FrameDecoder(expectsMask: false, limit: 1000)
    decoder.push(bytes)
    guard case .tooLarge(limit: 1000)? = #expect(throws: WebSocketError.self, performing: { try decoder.next() }) else {
      Issue.record("another error")
      return
    }
  }

  @Test("Any bytes give the same frames or the same refusal however they are split, and never a trap", arguments: 0..<200)
  func anyBytes(seed: UInt64) {
    var numbers = SplitMix(state: seed)
    var bytes: [UInt8] = []
    for _ in 0..<6 {
      let opcode = [0, 1, 2, 8, 9, 10, 3, 0x40][Int(numbers.next() % 8)] as UInt8
      let length = UInt8(truncatingIfNeeded: numbers.next() % 140)
      bytes += [opcode | UInt8(numbers.next() % 2) << 7, length]
      bytes += (0..<numbers.next() % 150).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
    }
    #expect(frames(bytes, step: bytes.count) == frames(bytes, step: 1))
    #expect(frames(bytes, step: bytes.count) == frames(bytes, step: 7))
  }

  private func frames(_ bytes: [UInt8], step: Int) -> [String] {
    var decoder = FrameDecoder(expectsMask: false, limit: 1000)
    var found: [String] = []
    for start in stride(from: 0, to: bytes.count, by: step) {
      decoder.push(Array(bytes[start..<min(start + step, bytes.count)]))
      do {
        while let frame = try decoder.next() { found.append("\(frame)") }
      } catch {
        return found + ["\(error)"]
      }
    }
    return found
  }
}

/// Repeatable numbers (Steele, Lea, Flood 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
