import HTTP
import TestSupport
import Testing

@Suite("Basic credentials")
struct BasicCredentialsTests {
  @Test(
    "are read whatever the scheme's case",
    arguments: ["Basic YTpi", "basic YTpi", "BASIC YTpi", "bAsIc YTpi", "Basic   YTpi"])
  func scheme(value: String) { #expect(read(value) == .found("a", "b")) }

  @Test(
    "are split at the first colon, in UTF-8",
    arguments: [
      ("Basic YTo=", "a", ""), ("Basic OmI=", "", "b"), ("Basic Og==", "", ""), ("Basic YTpiOmM6", "a", "b:c:"),
      ("Basic asO8cmdlbjrDpOKCrPCfmoA=", "jürgen", "ä€🚀"), ("Basic YSBiOiBjIA==", "a b", " c "),
      ("Basic Pz8/Pjo/Pz8=", "???>", "???"),
    ])
  func split(value: String, user: String, password: String) { #expect(read(value) == .found(user, password)) }

  @Test(
    "are not there in another scheme",
    arguments: [
      "", "Bearer YTpi", "Basi", "Basicx YTpi", "Basic-YTpi", "Digest username=\"a\"", "YTpi", " Basic YTpi", "BasicYTpi",
    ])
  func otherScheme(value: String) { #expect(read(value) == .notBasic) }

  @Test(
    "are malformed in anything but strict base64",
    arguments: [
      "Basic", "Basic ", "Basic\tYTpi", "Basic \tYTpi", "Basic YTo", "Basic YTo==", "Basic YTpi=", "Basic YTpi====", "Basic =",
      "Basic ====", "Basic ===", "Basic YT pi", "Basic YTpi ", "Basic YTpi\t", "Basic YTpi,x", "Basic YTpi\u{0}", "Basic YTp",
      "Basic Y", "Basic YTp!", "Basic Pz8_Pjo_", "Basic Pz8-Pjo-", "Basic YTp=YTpi", "Basic YT==YTpi", "Basic a:b",
      "Basic YTpi Basic YTpi",
    ])
  func junk(value: String) { #expect(read(value) == .malformed) }

  @Test("are malformed when the padding leaves bits over", arguments: ["Basic YTp=", "Basic YTq=", "Basic Oh==", "Basic Oi=="])
  func spareBits(value: String) { #expect(read(value) == .malformed) }

  @Test(
    "are malformed with control characters, without a colon, or in another encoding",
    arguments: [
      [0x61, 0x3A, 0x00], [0x00, 0x3A], [0x61, 0x3A, 0x0A], [0x61, 0x0D, 0x3A], [0x61, 0x3A, 0x7F], [0x61, 0x3A, 0x1F],
      [0x61, 0x62],
      [0x61, 0x3A, 0xFC], [0x61, 0x3A, 0xC0, 0xAE], [0x61, 0x3A, 0xED, 0xA0, 0x80], [0xFF, 0x3A], [0x61, 0x3A, 0xE2, 0x82],
    ] as [[UInt8]])
  func decoded(bytes: [UInt8]) { #expect(read("Basic " + base64(bytes)) == .malformed) }

  @Test(
    "are read up to 512 bytes, and not beyond", arguments: [(511, true), (512, true), (513, false), (514, false), (9000, false)])
  func size(count: Int, fits: Bool) {
    let value = "Basic " + base64(Array("u:".utf8) + Array(repeating: 0x70, count: count - 2))
    #expect(read(value) == (fits ? .found("u", String(repeating: "p", count: count - 2)) : .malformed))
    if fits { #expect(value.utf8.count <= BasicCredentials.largestValue) }
  }

  @Test("come back as they were written, in every length and from random bytes")
  func roundTrip() {
    var random = SeededRandom(state: 7)
    for count in 0...510 {
      let password = String(decoding: (0..<count).map { _ in UInt8(0x20 + random.below(95)) }, as: UTF8.self)
      #expect(read("Basic " + base64(Array("u:\(password)".utf8))) == .found("u", password))
    }
  }

  @Test("never trap on random bytes, and never leave the buffer")
  func noise() {
    var random = SeededRandom(state: 11)
    for _ in 0..<20_000 {
      let noise = (0..<random.below(40)).map { _ in
        random.below(3) == 0 ? UInt8(random.below(256)) : UInt8(0x2B + random.below(80))
      }
      if case .found = read(Array("Basic ".utf8) + noise) { #expect(noise.count % 4 == 0) }
    }
  }
}

private enum Reading: Equatable {
  case notBasic, malformed
  case found(String, String)
}

private func read(_ value: String) -> Reading { read(Array(value.utf8)) }

private func read(_ value: [UInt8]) -> Reading {
  var buffer = [UInt8](repeating: 0, count: BasicCredentials.largest)
  var span = buffer.mutableSpan
  switch BasicCredentials.read(value.span, into: &span) {
  case .notBasic: return .notBasic
  case .malformed: return .malformed
  case .found(let user, let password):
    return .found(String(decoding: buffer[user], as: UTF8.self), String(decoding: buffer[password], as: UTF8.self))
  }
}

/// The other direction, written apart from the code under test.
private func base64(_ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  let bits = bytes.flatMap { byte in (0..<8).reversed().map { Int(byte >> $0) & 1 } }
  let padded = bits + Array(repeating: 0, count: (6 - bits.count % 6) % 6)
  let text = stride(from: 0, to: padded.count, by: 6).map { start in alphabet[padded[start..<start + 6].reduce(0) { $0 * 2 + $1 }]
  }
  return String(text) + String(repeating: "=", count: (3 - bytes.count % 3) % 3)
}
