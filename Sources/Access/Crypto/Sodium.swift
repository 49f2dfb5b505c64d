internal import CSodium

/// What this target takes from libsodium, in safe clothes.
enum Sodium {
  /// Done once; the library chooses its fastest code for this machine then. It fails only where the system has no random source.
  private static let isReady: Bool = {
    precondition(sodium_init() >= 0, "libsodium found no source of random bytes on this machine")
    return true
  }()

  static func randomBytes(_ count: Int) -> [UInt8] {
    precondition(isReady)
    var bytes = [UInt8](repeating: 0, count: count)
    unsafe bytes.withUnsafeMutableBytes { bytes in
      if let start = bytes.baseAddress { unsafe randombytes_buf(start, bytes.count) }
    }
    return bytes
  }

  /// Overwrites in a way that the optimiser may not leave out.
  static func wipe(_ bytes: inout MutableSpan<UInt8>) {
    unsafe bytes.withUnsafeMutableBytes { bytes in
      if let start = bytes.baseAddress { unsafe sodium_memzero(start, bytes.count) }
    }
  }

  /// Whether both hold the same bytes; takes the same time wherever they differ.
  static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { right in unsafe sodium_memcmp(left.baseAddress, right.baseAddress, left.count) == 0 }
    }
  }
}

/// A 256-bit keyed hash (BLAKE2b) of something secret: it can be kept and compared where the secret must not be.
struct CredentialKey: Sendable, Hashable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// `secret` is 32 bytes long.
  init(of bytes: Span<UInt8>, secret: [UInt8]) {
    unsafe withUnsafeMutableBytes(of: &words) { output in
      unsafe bytes.withUnsafeBufferPointer { input in
        unsafe secret.withUnsafeBufferPointer { key in
          guard let start = output.baseAddress else { return }
          let status = unsafe crypto_generichash(
            start, output.count, input.baseAddress, UInt64(input.count), key.baseAddress, key.count)
          precondition(status == 0, "a 32-byte key and a 32-byte result are always allowed")
        }
      }
    }
  }

  /// Nil: not 32 bytes.
  init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    func word(_ start: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) } }
    words = (word(0), word(8), word(16), word(24))
  }

  /// All zero: no value hashes to it in practice.
  init() {}

  /// Whether `bytes` are these 32; takes the same time wherever they differ.
  func isEqual(to bytes: Span<UInt8>) -> Bool {
    guard bytes.count == 32 else { return false }
    var difference: UInt8 = 0
    for index in 0..<8 {
      let shift = UInt64(index * 8)
      difference |= UInt8(truncatingIfNeeded: words.0 >> shift) ^ bytes[index]
      difference |= UInt8(truncatingIfNeeded: words.1 >> shift) ^ bytes[8 + index]
      difference |= UInt8(truncatingIfNeeded: words.2 >> shift) ^ bytes[16 + index]
      difference |= UInt8(truncatingIfNeeded: words.3 >> shift) ^ bytes[24 + index]
    }
    return difference == 0
  }

  /// 32 bytes.
  var bytes: [UInt8] {
    [words.0, words.1, words.2, words.3].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) } }
  }

  /// Spread evenly: fit to choose a place in a table.
  var place: Int { Int(truncatingIfNeeded: words.0) }

  // Neither a timing nor an equal prefix tells anything: whoever sends a value does not know the secret.
  static func == (left: CredentialKey, right: CredentialKey) -> Bool { left.words == right.words }
  func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
