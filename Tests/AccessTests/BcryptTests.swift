import Testing

@testable import Access

@Suite("bcrypt")
struct BcryptTests {
  @Test(
    "agrees with the vectors that its author published",
    arguments: [
      ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
      ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
      ("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
    ])
  func vectors(password: String, text: String) throws {
    let hash = try #require(BcryptHash(Array(text.utf8)))
    #expect(hash.cost == 5)
    #expect(Bcrypt.matches(SecretBytes(password), hash))
    #expect(!Bcrypt.matches(SecretBytes(password + "x"), hash))
    #expect(!Bcrypt.matches(SecretBytes(""), hash))
  }

  @Test("hashes with a fresh salt, the cost that was asked for, and 2b")
  func fresh() {
    let hashes = (0..<3).map { _ in Bcrypt.hash(SecretBytes("correct horse"), cost: 4) }
    #expect(Set(hashes).count == 3)
    #expect(hashes.allSatisfy { $0.cost == 4 && $0.text.starts(with: "$2b$04$".utf8) })
    #expect(hashes.allSatisfy { Bcrypt.matches(SecretBytes("correct horse"), $0) })
    #expect(Bcrypt.defaultCost >= 10)
  }

  @Test("has a hash that nobody's password matches, of the usual cost")
  func nobody() {
    #expect(BcryptHash.nobody.cost == Bcrypt.defaultCost)
    #expect(BcryptHash(BcryptHash.nobody.text) == BcryptHash.nobody)
    #expect(!Bcrypt.matches(SecretBytes(""), BcryptHash.nobody))
  }

  @Test("is read in its three good kinds and bearable costs alone", arguments: ["$2$", "$2x$", "$2z$", "$1$"])
  func kinds(prefix: String) {
    let rest = "CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
    #expect(BcryptHash(Array((prefix + "05$" + rest).utf8)) == nil)
    for cost in ["03", "18", "31", "+5", "5", "", "0x", "005"] {
      #expect(BcryptHash(Array(("$2b$" + cost + "$" + rest).utf8)) == nil)
    }
    for text in [rest.dropLast() + "", rest + "x", rest.dropLast() + "!", rest.dropLast() + "\u{0}"] {
      #expect(BcryptHash(Array("$2b$05$\(text)".utf8)) == nil)
    }
  }

  @Test("a keyed hash depends on the value and on the key")
  func keyedHash() {
    let (secret, other) = (Sodium.randomBytes(32), Sodium.randomBytes(32))
    func key(_ text: String, _ secret: [UInt8]) -> CredentialKey { CredentialKey(of: Array(text.utf8).span, secret: secret) }
    #expect(key("Basic YTpi", secret) == key("Basic YTpi", secret))
    #expect(key("Basic YTpi", secret) != key("Basic YTpi", other))
    #expect(key("Basic YTpi", secret) != key("Basic YTpj", secret))
    #expect(key("", secret) != CredentialKey())
  }

  @Test("secret bytes are overwritten, and compared in full")
  func wiping() {
    var bytes: [UInt8] = Array("secret".utf8)
    var span = bytes.mutableSpan
    Sodium.wipe(&span)
    #expect(bytes == [0, 0, 0, 0, 0, 0])
    #expect(Sodium.areEqual([1, 2], [1, 2]) && !Sodium.areEqual([1, 2], [1, 3]) && !Sodium.areEqual([1], [1, 2]))
  }
}
