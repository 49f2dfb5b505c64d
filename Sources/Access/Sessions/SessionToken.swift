/// What a session's cookie says, signed. 76 characters of base64url:
///
///     version 1 | binding 16 | begun 4 | renewed 4 | MAC 32        (times: seconds since 1970, big-endian)
///
/// The binding is a keyed hash of the user's name and of the hash of his password: another password, another binding, and the
/// session has ended. Nobody can read the name from it.
struct SessionToken: Sendable, Hashable {
  var binding: SessionBinding
  /// When the person signed in.
  var begun: UInt32
  /// When this token was made.
  var renewed: UInt32

  static let length = 76
  private static let signedCount = 25
  private static let wholeCount = 57
  private static let version: UInt8 = 1

  init(binding: SessionBinding, begun: UInt32, renewed: UInt32) {
    self.binding = binding
    self.begun = begun
    self.renewed = renewed
  }

  /// Reads `text` when it was signed with `key`. Allocates nothing.
  init?(_ text: Span<UInt8>, key: SigningKey) {
    guard text.count == Self.length else { return nil }
    var bytes = InlineArray<57, UInt8>(repeating: 0)
    guard Self.decode(text, into: &bytes), bytes[0] == Self.version else { return nil }
    let mac = CredentialKey(of: bytes.span.extracting(0..<Self.signedCount), secret: key.bytes)
    guard mac.isEqual(to: bytes.span.extracting(Self.signedCount..<Self.wholeCount)) else { return nil }
    binding = SessionBinding(high: Self.word(bytes, 1), low: Self.word(bytes, 9))
    let times = Self.word(bytes, 17)
    begun = UInt32(truncatingIfNeeded: times >> 32)
    renewed = UInt32(truncatingIfNeeded: times)
  }

  func text(key: SigningKey) -> [UInt8] {
    var bytes = [Self.version]
    for word in [binding.high, binding.low, UInt64(begun) << 32 | UInt64(renewed)] {
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }
    bytes += CredentialKey(of: bytes.span, secret: key.bytes).bytes
    return Self.encode(bytes)
  }

  private static func word(_ bytes: InlineArray<57, UInt8>, _ start: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in start..<start + 8 { word = word << 8 | UInt64(bytes[index]) }
    return word
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// 57 bytes are 19 whole groups: there is no padding, and each text has one reading.
  private static func encode(_ bytes: [UInt8]) -> [UInt8] {
    stride(from: 0, to: bytes.count, by: 3).flatMap { start in
      let bits = UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2])
      return [18, 12, 6, 0].map { alphabet[Int(bits >> $0 & 63)] }
    }
  }

  private static func decode(_ text: Span<UInt8>, into bytes: inout InlineArray<57, UInt8>) -> Bool {
    for group in 0..<19 {
      var bits: UInt32 = 0
      for index in group * 4..<group * 4 + 4 {
        guard let sextet = sextet(text[index]) else { return false }
        bits = bits << 6 | sextet
      }
      for index in 0..<3 { bytes[group * 3 + index] = UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * index)) }
    }
    return true
  }

  private static func sextet(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) + 4
    case UInt8(ascii: "-"): 62
    case UInt8(ascii: "_"): 63
    default: nil
    }
  }
}

/// One user with one password.
struct SessionBinding: Sendable, Hashable {
  var high: UInt64
  var low: UInt64

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  init(name: [UInt8], hash: BcryptHash, key: SigningKey) {
    let text = Array("user ".utf8) + name + [0] + hash.text
    let bytes = CredentialKey(of: text.span, secret: key.bytes).bytes
    high = bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
  }
}

struct SigningKey: Sendable, Hashable {
  /// 32.
  var bytes: [UInt8]
  /// Seconds since 1970.
  var made: UInt32

  static func make(at now: UInt32) -> SigningKey { SigningKey(bytes: Sodium.randomBytes(32), made: now) }
}
