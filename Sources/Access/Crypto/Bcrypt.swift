internal import CCrypt
internal import CSodium

/// A bcrypt hash as it stands in an htpasswd file: `$2b$11$` and 53 characters of salt and hash.
package struct BcryptHash: Sendable, Hashable {
  /// 60 ASCII characters.
  let text: [UInt8]
  /// The logarithm of the number of rounds.
  let cost: Int

  /// Beyond 17 one check takes longer (ten seconds) than anybody waits for a page.
  static let costs = 4...17

  /// Nil when `text` is not a bcrypt hash of the kinds 2a, 2b and 2y (they differ in old implementations' bugs, not in their
  /// result) with a cost that can be borne.
  init?(_ text: some Collection<UInt8>) {
    let text = Array(text)
    guard text.count == 60, text.starts(with: "$2".utf8), "aby".utf8.contains(text[2]), text[3] == dollar, text[6] == dollar,
      let cost = Int(String(decoding: text[4...5], as: UTF8.self)), Self.costs.contains(cost), text[4] != plus,
      text[7...].allSatisfy(alphabet.contains)
    else { return nil }
    self.init(text: text, cost: cost)
  }

  /// Stands in for a user where there is none at all, so that asking costs as much.
  static let nobody = BcryptHash(text: Array("$2b$11$".utf8) + Array(repeating: UInt8(ascii: "."), count: 53), cost: 11)

  private init(text: [UInt8], cost: Int) {
    self.text = text
    self.cost = cost
  }
}

/// libxcrypt's bcrypt. Each call takes its time on purpose: never on an event loop.
package enum Bcrypt {
  /// 97 ms on the reference machine (10: 47 ms, 12: 174 ms): a guess costs that, a sign-in is cached.
  package static let defaultCost = 11

  /// A hash with a fresh salt. `password` holds no NUL.
  package static func hash(_ password: SecretBytes, cost: Int = defaultCost) -> BcryptHash {
    let salt = Sodium.randomBytes(16)
    var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
    let made = unsafe salt.withUnsafeBytes { salt in
      unsafe setting.withUnsafeMutableBufferPointer { setting in
        unsafe crypt_gensalt_rn(
          "$2b$", UInt(cost), salt.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(salt.count), setting.baseAddress,
          Int32(setting.count)) != nil
      }
    }
    guard made, let text = crypt(password, setting), let hash = BcryptHash(text) else {
      preconditionFailure("libcrypt makes no bcrypt hashes of cost \(cost)")
    }
    return hash
  }

  /// Whether `password` is the one that `hash` was made from. bcrypt reads its first 72 bytes.
  package static func matches(_ password: SecretBytes, _ hash: BcryptHash) -> Bool {
    guard let text = crypt(password, hash.text.map { CChar(bitPattern: $0) } + [0]) else { return false }
    return Sodium.areEqual(text, hash.text)
  }

  /// `setting` is closed by a NUL. Nil: crypt(3) refused it.
  private static func crypt(_ password: SecretBytes, _ setting: [CChar]) -> [UInt8]? {
    let size = MemoryLayout<crypt_data>.size
    let work = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    unsafe work.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    defer {
      unsafe sodium_memzero(work, size)
      unsafe work.deallocate()
    }
    return unsafe password.withCString { password in
      guard let result = unsafe crypt_rn(password, setting, work, Int32(size)) else { return nil }
      return unsafe Array(UnsafeBufferPointer(start: result, count: 60)).map { UInt8(bitPattern: $0) }
    }
  }
}

private let dollar = UInt8(ascii: "$")
private let plus = UInt8(ascii: "+")
private let alphabet = Set("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
