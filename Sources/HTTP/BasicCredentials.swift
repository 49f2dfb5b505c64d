/// What an `Authorization` value says when it is read as HTTP Basic (RFC 7617), in one way only: whatever a lenient reader would
/// forgive (missing padding, other alphabets, white space, control characters, another encoding than UTF-8) is malformed.
package enum BasicCredentials: Equatable {
  /// Another scheme, or nothing.
  case notBasic
  case malformed
  /// Where the two lie in the caller's buffer. The password may hold colons; either may be empty.
  case found(user: Range<Int>, password: Range<Int>)

  /// Bytes of `user:password`, decoded: what the caller's buffer should hold, and the most that is read.
  package static let largest = 512
  /// Scheme, one space and base64 of the most that is read.
  package static let largestValue = 6 + (largest + 2) / 3 * 4

  /// Whether the scheme is Basic, in any case; tells nothing of the rest.
  package static func isBasic(_ value: Span<UInt8>) -> Bool {
    guard value.count >= scheme.count else { return false }
    for index in scheme.indices where value[index] | 0x20 != scheme[index] { return false }
    return value.count == scheme.count || value[scheme.count] == space || value[scheme.count] == tab
  }

  /// Decodes `value` (without the white space around it) into `buffer`, which holds a secret afterwards: the caller wipes it.
  package static func read(_ value: Span<UInt8>, into buffer: inout MutableSpan<UInt8>) -> BasicCredentials {
    guard isBasic(value) else { return .notBasic }
    var start = scheme.count
    while start < value.count, value[start] == space { start += 1 }
    guard start > scheme.count, start < value.count else { return .malformed }
    guard let count = decodeBase64(value.extracting(start..<value.count), into: &buffer) else { return .malformed }
    return split(buffer.span.extracting(0..<count))
  }

  private static let scheme: InlineArray<5, UInt8> = [0x62, 0x61, 0x73, 0x69, 0x63]
  private static let space = UInt8(ascii: " ")
  private static let tab = UInt8(ascii: "\t")
  private static let colon = UInt8(ascii: ":")

  private static func split(_ decoded: Span<UInt8>) -> BasicCredentials {
    var firstColon: Int?
    for index in decoded.indices {
      let byte = decoded[index]
      if byte < 0x20 || byte == 0x7F { return .malformed }
      if byte == colon && firstColon == nil { firstColon = index }
    }
    guard let firstColon, (try? UTF8Span(validating: decoded)) != nil else { return .malformed }
    return .found(user: 0..<firstColon, password: firstColon + 1..<decoded.count)
  }
}

extension BasicCredentials {
  /// Strict base64 (RFC 4648, 4): whole groups of four, padded, the bits that the padding leaves over all zero.
  /// Returns how many bytes were written, nil when `text` is anything else or decodes to more than fits.
  private static func decodeBase64(_ text: Span<UInt8>, into buffer: inout MutableSpan<UInt8>) -> Int? {
    guard text.count % 4 == 0, text.count > 0 else { return nil }
    let padding = text[text.count - 1] != equals ? 0 : text[text.count - 2] != equals ? 1 : 2
    let count = text.count / 4 * 3 - padding
    guard count <= min(buffer.count, largest) else { return nil }
    var bits: UInt32 = 0
    for index in 0..<text.count - padding {
      guard let sextet = sextet(text[index]) else { return nil }
      bits = bits << 6 | UInt32(sextet)
      // A group's second, third and fourth characters each complete one byte.
      let place = index & 3
      guard place > 0 else { continue }
      let spare = UInt32(6 - 2 * place)
      buffer[index / 4 * 3 + place - 1] = UInt8(truncatingIfNeeded: bits >> spare)
    }
    let spareBits = UInt32(2 * padding)
    return bits & ((1 << spareBits) - 1) == 0 ? count : nil
  }

  private static let equals = UInt8(ascii: "=")

  private static func sextet(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
