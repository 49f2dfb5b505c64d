/// A key of a program: `leanto_` and 43 characters of base62, of which the first eight tell one key from another and are shown.
package enum APIKey {
  static let mark = Array("leanto_".utf8)
  static let length = 50
  /// Bytes from the start that may be shown.
  static let shown = 15
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
  /// Not a secret: a key has 256 random bits (208 beyond what is shown), so its hash tells nothing, and needs no slow one.
  private static let hashKey = [UInt8](repeating: 0x6B, count: 32)

  /// Whether `value` is meant as a key of ours, right or not: then no service gets it.
  static func isOurs(_ value: Span<UInt8>) -> Bool {
    guard value.count >= mark.count else { return false }
    for index in mark.indices where value[index] != mark[index] { return false }
    return true
  }

  /// Where the token of `Bearer TOKEN` lies; nil for another scheme.
  static func bearer(_ authorization: Span<UInt8>) -> Range<Int>? {
    let scheme = StaticString("bearer ")
    guard authorization.count > scheme.utf8CodeUnitCount else { return nil }
    let isBearer = scheme.withUTF8Buffer { wanted in
      for index in 0..<wanted.count where unsafe authorization[index] | 0x20 != wanted[index] { return false }
      return true
    }
    guard isBearer else { return nil }
    var start = 7
    while start < authorization.count, authorization[start] == 32 { start += 1 }
    return start..<authorization.count
  }

  static func hash(_ value: Span<UInt8>) -> CredentialKey { CredentialKey(of: value, secret: hashKey) }

  static func make() -> String {
    var characters: [UInt8] = []
    while characters.count < length - mark.count {
      // What does not divide evenly is drawn again.
      characters += Sodium.randomBytes(64).filter { $0 < 248 }.map { alphabet[Int($0) % alphabet.count] }
    }
    return String(decoding: mark + characters.prefix(length - mark.count), as: UTF8.self)
  }
}
