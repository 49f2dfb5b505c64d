/// Goes through one JSON text (RFC 8259), strictly and without keeping it: nothing that one reader takes and another does not gets
/// through. Bounded in depth.
struct JSONReader {
  struct Malformed: Error {}

  private(set) var at = 0
  private static let deepest = 128

  init(at: Int = 0) { self.at = at }

  mutating func skipSpace(_ bytes: Span<UInt8>) {
    while at < bytes.count, bytes[at] == 32 || bytes[at] == 10 || bytes[at] == 13 || bytes[at] == 9 { at &+= 1 }
  }

  private mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) throws(Malformed) {
    guard at < bytes.count, bytes[at] == byte else { throw Malformed() }
    at &+= 1
  }

  private mutating func takes(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
    guard at < bytes.count, bytes[at] == byte else { return false }
    at &+= 1
    return true
  }

  /// Begins an object. False: it is empty, and over.
  mutating func beginObject(_ bytes: Span<UInt8>) throws(Malformed) -> Bool {
    try take(UInt8(ascii: "{"), bytes)
    skipSpace(bytes)
    return !takes(UInt8(ascii: "}"), bytes)
  }

  /// The next member's key, without its quotes; its value follows.
  mutating func key(_ bytes: Span<UInt8>) throws(Malformed) -> Range<Int> {
    skipSpace(bytes)
    let key = try string(bytes)
    skipSpace(bytes)
    try take(UInt8(ascii: ":"), bytes)
    skipSpace(bytes)
    return key
  }

  /// After a member's value. False: that was the last one.
  mutating func nextMember(_ bytes: Span<UInt8>) throws(Malformed) -> Bool { try next(UInt8(ascii: "}"), bytes) }

  mutating func beginArray(_ bytes: Span<UInt8>) throws(Malformed) -> Bool {
    try take(UInt8(ascii: "["), bytes)
    skipSpace(bytes)
    return !takes(UInt8(ascii: "]"), bytes)
  }

  mutating func nextElement(_ bytes: Span<UInt8>) throws(Malformed) -> Bool { try next(UInt8(ascii: "]"), bytes) }

  private mutating func next(_ end: UInt8, _ bytes: Span<UInt8>) throws(Malformed) -> Bool {
    skipSpace(bytes)
    if takes(end, bytes) { return false }
    try take(UInt8(ascii: ","), bytes)
    skipSpace(bytes)
    return true
  }

  mutating func skipValue(_ bytes: Span<UInt8>, depth: Int = 0) throws(Malformed) {
    guard at < bytes.count, depth < Self.deepest else { throw Malformed() }
    switch bytes[at] {
    case UInt8(ascii: "\""): _ = try string(bytes)
    case UInt8(ascii: "{"):
      guard try beginObject(bytes) else { return }
      repeat {
        _ = try key(bytes)
        try skipValue(bytes, depth: depth + 1)
      } while try nextMember(bytes)
    case UInt8(ascii: "["):
      guard try beginArray(bytes) else { return }
      repeat { try skipValue(bytes, depth: depth + 1) } while try nextElement(bytes)
    case UInt8(ascii: "t"): try word("true", bytes)
    case UInt8(ascii: "f"): try word("false", bytes)
    case UInt8(ascii: "n"): try word("null", bytes)
    default: try number(bytes)
    }
  }

  private mutating func word(_ text: StaticString, _ bytes: Span<UInt8>) throws(Malformed) {
    let end = at + text.utf8CodeUnitCount
    guard end <= bytes.count, bytes.extracting(at..<end).equals(text) else { throw Malformed() }
    at = end
  }

  private mutating func number(_ bytes: Span<UInt8>) throws(Malformed) {
    _ = takes(UInt8(ascii: "-"), bytes)
    if !takes(UInt8(ascii: "0"), bytes) { try digits(bytes) }
    if takes(UInt8(ascii: "."), bytes) { try digits(bytes) }
    guard at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") else { return }
    at &+= 1
    if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at &+= 1 }
    try digits(bytes)
  }

  private mutating func digits(_ bytes: Span<UInt8>) throws(Malformed) {
    let start = at
    while at < bytes.count, bytes[at] &- 48 <= 9 { at &+= 1 }
    guard at > start else { throw Malformed() }
  }

  /// What is between the quotes, escapes as they are.
  mutating func string(_ bytes: Span<UInt8>) throws(Malformed) -> Range<Int> {
    try take(UInt8(ascii: "\""), bytes)
    let start = at
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        at &+= 1
        return start..<at - 1
      }
      guard byte >= 32 else { throw Malformed() }
      at &+= 1
      if byte == UInt8(ascii: "\\") { try escape(bytes) }
    }
    throw Malformed()
  }

  private mutating func escape(_ bytes: Span<UInt8>) throws(Malformed) {
    guard at < bytes.count else { throw Malformed() }
    let kind = bytes[at]
    at &+= 1
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      break
    case UInt8(ascii: "u"):
      guard at + 4 <= bytes.count, JSONString.codeUnit(bytes, at) != nil else { throw Malformed() }
      at &+= 4
    default: throw Malformed()
    }
  }
}

enum JSONString {
  /// The text of what is between two quotes. Nil: it is not UTF-8, or half of a surrogate pair.
  static func decode(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String? {
    var units: [UInt8] = []
    var at = range.lowerBound
    while at < range.upperBound {
      guard bytes[at] == UInt8(ascii: "\\") else {
        units.append(bytes[at])
        at &+= 1
        continue
      }
      guard let (scalar, length) = escaped(bytes, at) else { return nil }
      units += Array(String(Character(scalar)).utf8)
      at += length
    }
    return String(validating: units, as: UTF8.self)
  }

  private static func escaped(_ bytes: Span<UInt8>, _ at: Int) -> (Unicode.Scalar, Int)? {
    let plain: [UInt8: Unicode.Scalar] = [
      UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r",
      UInt8(ascii: "t"): "\t",
    ]
    guard bytes[at + 1] == UInt8(ascii: "u") else {
      return (plain[bytes[at + 1]] ?? Unicode.Scalar(bytes[at + 1]), 2)
    }
    guard let unit = codeUnit(bytes, at + 2) else { return nil }
    guard unit & 0xF800 == 0xD800 else { return Unicode.Scalar(unit).map { ($0, 6) } }
    guard unit < 0xDC00, at + 12 <= bytes.count, bytes[at + 6] == UInt8(ascii: "\\"), bytes[at + 7] == UInt8(ascii: "u"),
      let low = codeUnit(bytes, at + 8), low & 0xFC00 == 0xDC00
    else { return nil }
    return Unicode.Scalar(0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF))).map { ($0, 12) }
  }

  /// Four hexadecimal digits.
  static func codeUnit(_ bytes: Span<UInt8>, _ at: Int) -> UInt16? {
    var unit: UInt16 = 0
    for index in at..<at + 4 {
      let byte = bytes[index]
      let digit: UInt8 = byte &- 48 <= 9 ? byte &- 48 : (byte | 0x20) &- 97 <= 5 ? (byte | 0x20) &- 87 : 255
      guard digit < 16 else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}
