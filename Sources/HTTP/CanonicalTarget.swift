/// Which request targets mean the same to everyone who reads them: this gateway, another proxy, a framework's router, a file
/// system. Only such a target may be let past the door because of how its path begins.
///
/// The path must be RFC 3986's `absolute-path` and, beyond that, hold nothing that some reader decodes, cuts or folds into other
/// segments: no `;` (params), no escaped `/ \ ? # ; %` (an escaped `%` would be decoded twice), no control character, no character
/// that a compatibility mapping turns into one of these, no malformed or overlong escape, no empty segment but the last, and no
/// segment of dots and spaces alone (`.` and `..`; `...` and `.. ` mean the same to some file systems).
package enum CanonicalTarget {
  /// The length of the path when `target` is in origin form (`/path?query`) and its path is canonical, else nil. A `#` anywhere,
  /// even in the query, is not canonical; nor is the absolute form (`http://host/path`).
  package static func pathLength(of target: Span<UInt8>) -> Int? {
    var end = target.count
    for index in target.indices {
      if target[index] == Byte.number { return nil }
      if target[index] == Byte.question && end == target.count { end = index }
    }
    return isCanonical(path: target.extracting(0..<end)) ? end : nil
  }

  /// Whether `path`, without a query, is canonical. Never allocates; reads each byte once.
  package static func isCanonical(path: Span<UInt8>) -> Bool {
    guard path.count > 0, path[0] == Byte.slash else { return false }
    var segmentStart = 1
    var segmentHasName = false
    var index = 1
    while index < path.count {
      switch path[index] {
      case Byte.slash:
        guard segmentHasName else { return false }
        segmentHasName = false
        segmentStart = index + 1
        index += 1
      case Byte.percent:
        guard let character = EscapedCharacter(path, at: index), character.isUnambiguous else { return false }
        if character.scalar != UInt32(Byte.dot) && character.scalar != UInt32(Byte.space) { segmentHasName = true }
        index += character.length
      case let byte:
        guard isPlain(byte) else { return false }
        if byte != Byte.dot { segmentHasName = true }
        index += 1
      }
    }
    return segmentHasName || segmentStart == path.count
  }

  /// RFC 3986 `pchar` without `;` and `%`, as one bit a byte.
  private static func isPlain(_ byte: UInt8) -> Bool {
    let mask: UInt64 = byte < 64 ? 0x27FF_7FD2_0000_0000 : 0x47FF_FFFE_87FF_FFFF
    return byte < 128 && (mask >> UInt64(byte & 63)) & 1 == 1
  }
}

private enum Byte {
  static let space = UInt8(ascii: " ")
  static let number = UInt8(ascii: "#")
  static let percent = UInt8(ascii: "%")
  static let dot = UInt8(ascii: ".")
  static let slash = UInt8(ascii: "/")
  static let question = UInt8(ascii: "?")
}

/// One character written as one to four escapes (`%41`, `%C3%BC`), in well-formed UTF-8 (RFC 3629: none overlong, no surrogate).
private struct EscapedCharacter {
  var scalar: UInt32
  /// Bytes of the path.
  var length: Int

  init?(_ path: Span<UInt8>, at index: Int) {
    guard let lead = Self.byte(path, at: index), let (following, bits, smallest) = Self.shape(lead) else { return nil }
    scalar = bits
    length = 3
    for _ in 0..<following {
      guard let next = Self.byte(path, at: index + length), next & 0xC0 == 0x80 else { return nil }
      scalar = scalar << 6 | UInt32(next & 0x3F)
      length += 3
    }
    guard scalar >= smallest, Unicode.Scalar(scalar) != nil else { return nil }
  }

  /// What a lead byte promises: continuation bytes, its own bits, and the smallest scalar that needs this many.
  private static func shape(_ lead: UInt8) -> (following: Int, bits: UInt32, smallest: UInt32)? {
    switch lead {
    case 0x00...0x7F: (0, UInt32(lead), 0)
    case 0xC0...0xDF: (1, UInt32(lead & 0x1F), 0x80)
    case 0xE0...0xEF: (2, UInt32(lead & 0x0F), 0x800)
    case 0xF0...0xF7: (3, UInt32(lead & 0x07), 0x10000)
    default: nil
    }
  }

  private static func byte(_ path: Span<UInt8>, at index: Int) -> UInt8? {
    guard index + 2 < path.count, path[index] == Byte.percent else { return nil }
    guard let high = digit(path[index + 1]), let low = digit(path[index + 2]) else { return nil }
    return high << 4 | low
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  /// Not a delimiter, not invisible, and not folded into a delimiter, dot, space or control by Unicode's compatibility mappings or
  /// by the code pages' best fit (`U+FF0F`, `U+2215` and `U+2044` become `/`; `U+00A5` becomes `\`; `U+2025` becomes `..`).
  var isUnambiguous: Bool {
    switch scalar {
    case 0x00...0x1F, 0x23, 0x25, 0x2F, 0x3B, 0x3F, 0x5C, 0x7F: false
    case 0x80...0xA0, 0xA5, 0xA8, 0xAD, 0xAF, 0xB4, 0xB8: false
    case 0x2D8...0x2DD, 0x34F, 0x37A, 0x37E, 0x384...0x385, 0x600...0x605, 0x61C, 0x6DD, 0x70F, 0x890...0x891, 0x8E2: false
    case 0x115F...0x1160, 0x1680, 0x17B4...0x17B5, 0x180B...0x180F, 0x1FBD...0x1FC1, 0x1FCD...0x1FCF, 0x1FDD...0x1FDF: false
    case 0x1FED...0x1FEF, 0x1FFD...0x1FFE: false
    // Punctuation, letter-like signs, operators, enclosed characters, dingbats: whole blocks, for what they hide.
    case 0x2000...0x2BFF: false
    case 0x3000, 0x309B...0x309C, 0x3164, 0x33A7...0x33A8, 0x33C2, 0x33C6...0x33C7, 0x33D8: false
    // Private use; presentation, small and full-width forms; specials.
    case 0xE000...0xF8FF, 0xFC5E...0xFC63, 0xFDD0...0xFDEF, 0xFDFA...0xFDFB, 0xFE00...0xFFFF: false
    case 0x110BD, 0x110CD, 0x13430...0x1345F, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0x1F100...0x1F10A, 0xE0000...0x10FFFF: false
    default: true
    }
  }
}
