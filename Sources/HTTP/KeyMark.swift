import Glibc

/// The door's API keys are known by how they begin, so that they can be kept from services wherever a program puts them.
package enum KeyMark {
  package static let text: StaticString = "leanto_"

  /// Whether a key of the door's stands in `range`: at its start or behind something that is no part of a word or a path, in any
  /// case, right or not.
  package static func isIn(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var start = range.lowerBound
    while range.upperBound - start > text.utf8CodeUnitCount, let found = indexOfUnderscore(bytes, start..<range.upperBound) {
      let first = found - 6
      start = found + 1
      guard first >= range.lowerBound, matches(bytes, first, text), start < range.upperBound, isAlphanumeric(bytes[start]) else {
        continue
      }
      if first == range.lowerBound || !isPartOfName(bytes[first - 1]) { return true }
    }
    return false
  }

  /// In `https://host/leanto_notes` or `my_leanto_notes` it is a name of something.
  private static func isPartOfName(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == 95 || byte == 45 || byte == 46 || byte == 47
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 97 <= 25 }

  @inline(__always) private static func indexOfUnderscore(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    let part = bytes.extracting(range)
    return unsafe part.withUnsafeBytes { raw -> Int? in
      guard let base = raw.baseAddress, let found = unsafe memchr(base, 95, raw.count) else { return nil }
      return unsafe range.lowerBound + (UnsafeRawPointer(found) - base)
    }
  }
}
