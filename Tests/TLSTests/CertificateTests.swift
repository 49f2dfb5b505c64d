import TLS
import Testing

@Suite("Leanto's own authority")
struct CertificateTests {
  private static let now = 1_800_000_000

  private func authority() throws -> CertificateAuthority { try CertificateAuthority.make(name: "Leanto home", now: Self.now) }

  @Test("signs certificates that browsers take: names in the list, at most 397 days, a key of their own")
  func leaf() throws {
    let authority = try authority()
    let names = ["192.168.1.10", "box", "box.local", "N8N.Example.com", "*.localhost", "2001:DB8:0::1"]
    let (leaf, key) = try authority.issue(names: names, now: Self.now)
    #expect(leaf.names == ["192.168.1.10", "box", "box.local", "n8n.example.com", "*.localhost", "2001:db8::1"])
    #expect(leaf.covers(names.map { $0.lowercased() }) && !leaf.covers(["other"]))
    #expect(leaf.validUntil - leaf.validFrom <= 397 * 86_400)
    #expect(leaf.validFrom <= Self.now && leaf.validUntil == Self.now + CertificateAuthority.leafDays * 86_400)
    #expect(leaf.isSigned(by: authority.certificate) && leaf.issuer == authority.certificate.subject)
    #expect(key.fits(leaf) && !authority.key.fits(leaf))
    #expect(leaf.fingerprint.count == 95 && leaf.fingerprint != authority.certificate.fingerprint)
  }

  @Test("another authority of the same name did not sign them")
  func stranger() throws {
    let (leaf, _) = try authority().issue(names: ["box"], now: Self.now)
    #expect(!leaf.isSigned(by: try authority().certificate))
  }

  @Test("never signs for longer than it lasts itself")
  func atItsEnd() throws {
    let authority = try authority()
    let late = authority.certificate.validUntil - 86_400
    #expect(try authority.issue(names: ["box"], now: late).certificate.validUntil == authority.certificate.validUntil)
  }

  @Test(
    "signs for nothing that is no name",
    arguments: ["", "a,DNS:evil.example", "a b", "a\nb", "böx", "a:b", "[::1]", String(repeating: "a", count: 254)])
  func noName(name: String) throws {
    let authority = try authority()
    #expect(throws: TLSProblem.self) { try authority.issue(names: [name], now: Self.now) }
  }

  @Test("is the same after it was written and read")
  func files() throws {
    let authority = try authority()
    let read = try Certificate.read(authority.certificate.pem)
    #expect(read.count == 1 && read[0].fingerprint == authority.certificate.fingerprint)
    #expect(read[0].subject == "CN=Leanto home" && read[0].validUntil == authority.certificate.validUntil)
    #expect(try PrivateKey.read(authority.key.pem).fits(read[0]))
    let both = try Certificate.read(authority.issue(names: ["a"], now: Self.now).certificate.pem + authority.certificate.pem)
    #expect(both.count == 2 && both[0].names == ["a"])
  }
}

@Suite("What a listener is encrypted with")
struct TLSContextTests {
  private static let locked = """
    -----BEGIN ENCRYPTED PRIVATE KEY-----
    MIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBAAAAAAAAAAAAAAAAAA
    -----END ENCRYPTED PRIVATE KEY-----
    """

  @Test("takes a chain and its key, the authority's certificate behind")
  func chain() throws {
    let authority = try CertificateAuthority.make(name: "a", now: 1_800_000_000)
    let (leaf, key) = try authority.issue(names: ["a"], now: 1_800_000_000)
    _ = try TLSContext(chain: leaf.pem + authority.certificate.pem, key: key.pem)
  }

  @Test(
    "says what is wrong, and nothing of the key",
    arguments: [
      ("certificate", "other", "does not belong"), ("nothing", "key", "no certificate"),
      ("certificate", "nothing", "no private key"),
      ("key", "key", "no certificate"), ("certificate", "certificate", "no private key"), ("certificate", "locked", "passphrase"),
      ("empty", "key", "no certificate"),
    ])
  func wrong(chain: String, key: String, words: String) throws {
    let authority = try CertificateAuthority.make(name: "a", now: 1_800_000_000)
    let (leaf, leafKey) = try authority.issue(names: ["a"], now: 1_800_000_000)
    let files: [String: [UInt8]] = [
      "certificate": leaf.pem, "key": leafKey.pem, "other": authority.key.pem, "nothing": Array("hello\n".utf8), "empty": [],
      "locked": Array(Self.locked.utf8),
    ]
    let error = try #require(throws: TLSProblem.self) {
      try TLSContext(chain: try #require(files[chain]), key: try #require(files[key]))
    }
    #expect(error.description.contains(words), "\(error)")
    #expect(!error.description.contains("BEGIN PRIVATE KEY-----\n"))
  }
}
