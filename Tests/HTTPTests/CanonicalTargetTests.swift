import HTTP
import HTTPReference
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
    #expect(SlowPath.isCanonical(path))
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
      if answer != SlowPath.isCanonical(path) {
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
    #expect(!SlowPath.isCanonical(path))
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
