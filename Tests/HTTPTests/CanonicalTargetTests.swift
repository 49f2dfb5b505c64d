import HTTP
import TestSupport
import Testing

@Suite("A canonical target")
struct CanonicalTargetTests {
  @Test(
    "means the same in every reading",
    arguments: [
      "/", "/webhook/", "/webhook/x", "/webhook/6f9c2b1e-0a4d/:id", "/a.b/c..d/.well-known/x", "/...a/..b", "/.a", "/a/.b.",
      "/webhook/hello%20world", "/webhook/%41", "/webhook/m%C3%BCller", "/webhook/%E4%BD%A0%E5%A5%BD", "/webhook/%F0%9F%9A%80",
      "/a%2eb", "/a$&'()*+,=:@!~_-", "/%7E", "/a%5Bb%7C",
    ])
  func plain(path: String) {
    #expect(isCanonical(path))
    #expect(Reference.isCanonical(path))
  }

  @Test("is none with dot segments in any encoding", arguments: Attack.dotSegments)
  func dots(tail: String) { expectRefused("/webhook/" + tail) }

  @Test("is none with separators that only some readers see", arguments: Attack.separators)
  func separators(tail: String) { expectRefused("/webhook/" + tail) }

  @Test("is none with control characters or eight-bit bytes", arguments: Attack.controls)
  func controls(tail: String) { expectRefused("/webhook/" + tail) }

  @Test("is none with malformed or overlong escapes", arguments: Attack.malformed)
  func malformed(tail: String) { expectRefused("/webhook/" + tail) }

  @Test("is none with characters that fold into delimiters", arguments: Attack.lookAlikes)
  func lookAlikes(tail: String) { expectRefused("/webhook/" + tail) }

  @Test(
    "is in origin form",
    arguments: [
      "", "x", "*", "http://host/webhook/x", "HTTP://host/", "host:443", "?", "?/webhook/", "%2fwebhook/", ".", "//host/webhook/",
    ])
  func otherForms(target: String) { #expect(pathLength(target) == nil) }

  @Test(
    "has a path that ends at the first question mark, and no fragment anywhere",
    arguments: [
      ("/a", 2), ("/a?", 2), ("/a?b=/../?c", 2), ("/a?%2e%2e/;%00", 2), ("/?x", 1), ("/a#", nil), ("/a?b#c", nil), ("/a#?b", nil),
      ("/a/..?b", nil),
    ] as [(String, Int?)])
  func query(target: String, length: Int?) { #expect(pathLength(target) == length) }

  @Test("is judged as a slow reference judges it, and no sloppy reader finds a way out of its prefix, in 200,000 mutations")
  func differential() {
    var mutations = PathMutations(seed: 0x1EA5_7000)
    var canonical = 0
    for _ in 0..<200_000 {
      let path = mutations.next()
      let answer = CanonicalTarget.isCanonical(path: path.span)
      if answer != Reference.isCanonical(path) {
        Issue.record("\(String(decoding: path, as: UTF8.self)) is \(answer ? "" : "not ")canonical, the reference disagrees")
        return
      }
      guard answer else { continue }
      canonical += 1
      // The readers are slow: every sixteenth.
      guard canonical % 16 == 0 else { continue }
      if let reading = SloppyReader.wayOut(of: path) {
        Issue.record("\(String(decoding: path, as: UTF8.self)) leaves its prefix when read with \(reading)")
        return
      }
    }
    // The mutations must try both sides of the border.
    #expect(canonical > 20_000 && canonical < 180_000)
  }

  @Test("is found by every sloppy reader to be none, where the readers can tell", arguments: Attack.dotSegments)
  func readersAreSloppy(tail: String) {
    // Guards the guard: a reader that followed no attack would prove nothing above.
    let path = Array(("/webhook/" + tail).utf8)
    #expect(SloppyReader.wayOut(of: path) != nil || Attack.beyondReaders.contains(tail))
  }

  private func expectRefused(_ path: String) {
    #expect(!isCanonical(path))
    #expect(!Reference.isCanonical(path))
  }
}

private func isCanonical(_ path: String) -> Bool { CanonicalTarget.isCanonical(path: Array(path.utf8).span) }
private func pathLength(_ target: String) -> Int? { CanonicalTarget.pathLength(of: Array(target.utf8).span) }

/// What follows a public prefix in the attacks that are known, family by family.
private enum Attack {
  static let dotSegments = [
    "..", "../", "../rest", "./rest", ".", "x/../../rest", "x/..", "x/.", "%2e%2e/rest", "%2E%2E/rest", ".%2e/rest", "%2e./rest",
    "%2e/rest", "%2e", "%2e%2e", "%252e%252e/rest", "%25%32%65%25%32%65/rest", "%2525252e%2525252e/rest", ".%252e/rest",
    "%c0%ae%c0%ae/rest", "%e0%80%ae%e0%80%ae/rest", "%f0%80%80%ae%f0%80%80%ae/rest", "%25c0%25ae%25c0%25ae/rest", ".%c0%ae/rest",
    "..;/rest", "..;x=y/rest", ".;/rest", "%2e%2e;/rest", "..%3b/rest", "..%3Bx/rest", "x;/../../rest", "..%253b/rest",
    "...", ".../rest", "..%20/rest", "%20/rest", ".. /rest", "..%2frest", "..%5crest", "..\\rest", "..%252frest", "..%c0%afrest",
    "..%00/rest", "..%23/rest", "..%3f/rest", "..%09/rest",
  ]
  /// Refused all the same, though none of the test's readers is sloppy in that way.
  static let beyondReaders: Set = [
    ".", "x/..", "x/.", "./rest", "%2e/rest", "%2e", "...", ".../rest", ".;/rest", "%20/rest", "..%23/rest", "..%3f/rest",
    "..%09/rest",
  ]
  static let separators = [
    "%2frest", "%2Frest", "x%2f", "%252f", "%5crest", "%5Crest", "\\rest", "x\\y", "/rest", "x//y", "x//", ";", ";x", "x;y=z",
    "x;y/z",
    "x%3by", "x%3By", "x%3fy", "x%23y", "x#y", "#", "%c0%af", "%e0%80%af", "%c1%9c", "%255c",
  ]
  static let controls = [
    "%00", "x%00", "%0a", "%0d%0aX:y", "%1f", "%7f", "%80", "%ff", "\u{0}", "\u{1}", "x\ty", "x y", "\u{7f}", "\u{e9}",
    "x\u{2025}/y",
  ]
  static let malformed = [
    "%", "x%", "%2", "%zz", "%2g", "%g2", "%%32%65", "%u002e%u002e/", "%u2025", "%-1", "%+2", "% 2", "%25", "100%25", "%C3",
    "%C3x",
    "%C3%", "%C3%28", "%E4%BD", "%E4%BDx", "%ed%a0%80", "%f4%90%80%80", "%f8%88%80%80%80", "%c1%81", "%fe%fe", "\"x\"", "<x>",
    "a|b",
    "a^b", "{a}", "[a]", "`",
  ]
  static let lookAlikes = [
    "%ef%bc%8e%ef%bc%8e/rest", "%ef%bc%8frest", "%e2%88%95rest", "%e2%81%84rest", "%ef%bc%bcrest", "%e2%80%a5/rest",
    "%e2%80%a4/rest",
    "%ef%bc%85x", "%cd%be", "%ef%bc%9b", "%c2%a5", "%c2%a0", "%c2%ad", "%e2%80%8b", "%ef%bb%bf", "%c2%85", "%e3%80%80",
    "%ef%bf%bd",
    "%ee%80%80", "%f3%a0%80%a0",
  ]
}

/// The rule again, slowly: cut into segments, decode each into a string, look at its characters.
enum Reference {
  static func isCanonical(_ path: String) -> Bool { isCanonical(Array(path.utf8)) }

  static func isCanonical(_ path: [UInt8]) -> Bool {
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

  static func escape(_ digits: ArraySlice<UInt8>) -> UInt8? {
    guard digits.count >= 2 else { return nil }
    let text = String(decoding: digits.prefix(2), as: UTF8.self)
    guard text.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
    return UInt8(text, radix: 16)
  }
}

/// Readers as they are found behind gateways: each decodes, cuts and folds more than it should. A path that is called canonical
/// must stay below its first segment in all of them.
enum SloppyReader {
  /// The name of a reading in which `path` leaves its first segment, nil when there is none.
  static func wayOut(of path: [UInt8]) -> String? {
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
      if byte == UInt8(ascii: "%"), let value = Reference.escape(rest) {
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

/// Paths below `/webhook/`, put together from pieces that attacks are made of and then damaged byte by byte. The same seed gives
/// the same paths.
struct PathMutations {
  private var random: SeededRandom
  private let pieces: [[UInt8]]

  init(seed: UInt64) {
    random = SeededRandom(state: seed)
    let texts = [
      "/", "/", "/", "//", ".", "..", "...", "%2e", "%2E", "%252e", "%2f", "%2F", "%5c", "\\", ";", "%3b", ";a=b", "%00", "%",
      "%25",
      "a", "b1", "webhook", "x", "y", "%41", "%20", " ", "?", "#", "%23", "%3f", "%c0%ae", "%c0%af", "%e0%80%ae", "%C3%BC",
      "%E4%BD%A0", "%F0%9F%9A%80", "%ef%bc%8f", "%e2%80%a5", "%c2", "%bc", "~", "@", ":", "%c2%a5", "%f3%a0%80%a0", "%e3%8f%82",
    ]
    pieces = texts.map { Array($0.utf8) }
  }

  mutating func next() -> [UInt8] {
    let prefix = Array("/webhook/".utf8)
    var path = prefix
    for _ in 0..<random.below(6) {
      // Half of the pieces are harmless, so that half of the paths stay canonical.
      path += random.below(2) == 0 ? Array("segment".utf8) : pieces[random.below(pieces.count)]
    }
    for _ in 0..<max(0, random.below(6) - 3) {
      guard path.count > prefix.count else { break }
      let at = prefix.count + random.below(path.count - prefix.count)
      switch random.below(4) {
      case 0: path[at] = UInt8(random.below(256))
      case 1: path.insert(UInt8(0x20 + random.below(96)), at: at)
      case 2: path[at] = pieces[random.below(pieces.count)][0]
      default: path.remove(at: at)
      }
    }
    return path
  }
}
