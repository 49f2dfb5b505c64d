/// Eight bytes of a head, looked at together in one register. The scanner reads most of a head so.
struct EightBytes {
  /// The first byte is the lowest.
  private let word: UInt64

  /// From `start` on there are at least eight.
  @inline(__always) init(_ bytes: Span<UInt8>, at start: Int) {
    // Checked for its bounds; unsafe is only the reading as another type, and any bytes are a number.
    word = unsafe UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
  }

  /// Whether one of them is below 32 or is DEL.
  @inline(__always) var holdControls: Bool {
    let below = (word &- Self.each(32)) & ~word
    let delete = word ^ Self.each(127)
    return (below | ((delete &- Self.each(1)) & ~delete)) & Self.tops != 0
  }

  /// Whether they stand in a JSON string as they are.
  @inline(__always) var isPlainJSON: Bool {
    let quote = word ^ Self.each(34)
    let backslash = word ^ Self.each(92)
    let found = ((quote &- Self.each(1)) & ~quote) | ((backslash &- Self.each(1)) & ~backslash) | word
    return found & Self.tops == 0 && !holdControls
  }

  /// How many letters and hyphens they begin with.
  @inline(__always) var leadingNameCount: Int {
    let folded = (word | Self.each(32)) & ~Self.tops
    let letters = (folded &+ Self.each(128 - 97)) & ~(folded &+ Self.each(128 - 123))
    let hyphen = word ^ Self.each(45)
    let notHyphens = ((hyphen & ~Self.tops) &+ Self.each(127)) | hyphen
    let others = ~((letters & ~word) | ~notHyphens) & Self.tops
    return others.trailingZeroBitCount >> 3
  }

  /// Whether they are what stands in `text`, in any case. `text`: lower case, digits, and other printable ASCII below 64.
  @inline(__always) func isCaseless(_ text: Span<UInt8>, at start: Int) -> Bool {
    // The bit that makes a letter small makes a hyphen of a control character too.
    (word | Self.each(32)) == EightBytes(text, at: start).word && !holdControls
  }

  private static let tops: UInt64 = 0x8080_8080_8080_8080

  @inline(__always) private static func each(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
}

/// The index after what needs no escape in a JSON string.
func endOfPlainJSON(_ bytes: Span<UInt8>, from start: Int) -> Int {
  var end = start
  while end &+ 8 <= bytes.count, EightBytes(bytes, at: end).isPlainJSON { end &+= 8 }
  while end < bytes.count, bytes[end] >= 32, bytes[end] < 127, bytes[end] != 34, bytes[end] != 92 { end &+= 1 }
  return end
}
