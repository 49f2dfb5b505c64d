/// The rule again, slowly: cut into segments, decode each into a string, look at its characters.
package enum SlowPath {
  package static func isCanonical(_ path: String) -> Bool { isCanonical(Array(path.utf8)) }

  package static func isCanonical(_ path: [UInt8]) -> Bool {
    guard path.first == UInt8(ascii: "/"), path.allSatisfy(written.contains) else { return false }
    var segments = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Array.init)
    if segments.last == [] { segments.removeLast() }
    return segments.allSatisfy { segment in
      guard let decoded = decoded(segment) else { return false }
      guard decoded.unicodeScalars.allSatisfy({ !folding.contains($0.value) }) else { return false }
      return decoded.contains { $0 != "." && $0 != " " }
    }
  }

  /// What may stand in a path as it is sent.
  private static let written = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@%/".utf8)

  /// Characters that make a path mean two things, once decoded: ASCII by hand, the rest as ranges of the Unicode chart.
  private static let folding: Set<UInt32> = {
    var set = Set("/\\?#;%".unicodeScalars.map(\.value)).union(0..<0x20).union([0x7F])
    let ranges: [ClosedRange<UInt32>] = [
      0x80...0xA0, 0xA5...0xA5, 0xA8...0xA8, 0xAD...0xAD, 0xAF...0xAF, 0xB4...0xB4, 0xB8...0xB8, 0x2D8...0x2DD, 0x34F...0x34F,
      0x37A...0x37A, 0x37E...0x37E, 0x384...0x385, 0x600...0x605, 0x61C...0x61C, 0x6DD...0x6DD, 0x70F...0x70F, 0x890...0x891,
      0x8E2...0x8E2, 0x115F...0x1160, 0x1680...0x1680, 0x17B4...0x17B5, 0x180B...0x180F, 0x1FBD...0x1FC1, 0x1FCD...0x1FCF,
      0x1FDD...0x1FDF, 0x1FED...0x1FEF, 0x1FFD...0x1FFE, 0x2000...0x2BFF, 0x3000...0x3000, 0x309B...0x309C, 0x3164...0x3164,
      0x33A7...0x33A8, 0x33C2...0x33C2, 0x33C6...0x33C7, 0x33D8...0x33D8, 0xE000...0xF8FF, 0xFC5E...0xFC63, 0xFDD0...0xFDEF,
      0xFDFA...0xFDFB, 0xFE00...0xFFFF, 0x110BD...0x110BD, 0x110CD...0x110CD, 0x13430...0x1345F, 0x1BCA0...0x1BCA3,
      0x1D173...0x1D17A, 0x1F100...0x1F10A, 0xE0000...0x10FFFF,
    ]
    for range in ranges { set.formUnion(range) }
    return set
  }()

  /// Nil when an escape is malformed or the bytes are not UTF-8.
  private static func decoded(_ segment: [UInt8]) -> String? {
    var bytes: [UInt8] = []
    var rest = segment[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let value = escape(rest) else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  package static func escape(_ digits: ArraySlice<UInt8>) -> UInt8? {
    guard digits.count >= 2 else { return nil }
    let text = String(decoding: digits.prefix(2), as: UTF8.self)
    guard text.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
    return UInt8(text, radix: 16)
  }
}

/// Readers as they are found behind gateways: each decodes, cuts and folds more than it should. A path that is called canonical
/// must stay below its first segment in all of them.
package enum SloppyReader {
  /// The name of a reading in which `path` leaves its first segment, nil when there is none.
  package static func wayOut(of path: [UInt8]) -> String? {
    guard let end = path.dropFirst().firstIndex(of: UInt8(ascii: "/")) else { return nil }
    let prefix = Array(path[...end])
    var reading = path
    for depth in 0...4 {
      if leaves(prefix, reading) { return "\(depth) decodings" }
      if leaves(prefix, withoutParameters(reading)) { return "\(depth) decodings without ;params" }
      if leaves(prefix, reading.prefix { $0 != 0 } + []) { return "\(depth) decodings up to a NUL" }
      reading = foldedOverlong(decodedOnce(reading))
    }
    return nil
  }

  private static func leaves(_ prefix: [UInt8], _ path: [UInt8]) -> Bool {
    !withoutDotSegments(path).starts(with: prefix)
  }

  /// Backslashes taken for slashes, empty segments merged, trailing spaces of a segment ignored, dots followed.
  private static func withoutDotSegments(_ path: [UInt8]) -> [UInt8] {
    var kept: [[UInt8]] = []
    let slashed = path.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }
    for segment in slashed.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true) {
      let name = Array(segment.reversed().drop { $0 == UInt8(ascii: " ") }.reversed())
      if name == Array("..".utf8) {
        _ = kept.popLast()
      } else if name != Array(".".utf8) {
        kept.append(Array(segment))
      }
    }
    return kept.flatMap { [UInt8(ascii: "/")] + $0 } + [UInt8(ascii: "/")]
  }

  private static func withoutParameters(_ path: [UInt8]) -> [UInt8] {
    let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return Array(segments.map { $0.prefix { $0 != UInt8(ascii: ";") } }.joined(separator: [UInt8(ascii: "/")]))
  }

  private static func decodedOnce(_ path: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = path[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = SlowPath.escape(rest) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }

  /// UTF-8 decoded without a look at its shortest form: `C0 AE` is a dot.
  private static func foldedOverlong(_ bytes: [UInt8]) -> [UInt8] {
    var folded: [UInt8] = []
    for byte in bytes {
      guard byte & 0xC0 == 0x80, let last = folded.lastIndex(where: { $0 & 0xC0 != 0x80 }),
        [0xC0, 0xC1].contains(folded[last]) || longZero(folded[last...])
      else {
        folded.append(byte)
        continue
      }
      if folded[last] == 0xC0 || folded[last] == 0xC1 {
        folded[last] = (folded[last] & 1) << 6 | byte & 0x3F
      } else {
        folded.replaceSubrange(last..., with: [byte & 0x3F])
      }
    }
    return folded
  }

  /// A three- or four-byte form of which all but the last byte hold nothing.
  private static func longZero(_ lead: ArraySlice<UInt8>) -> Bool {
    lead.elementsEqual([0xE0, 0x80]) || lead.elementsEqual([0xF0, 0x80, 0x80])
  }
}
