import Foundation
import Model
import Settings
import TLS
import Testing

@testable import Daemon

@Suite("The certificate of gateway.lan")
struct CertificateStoreTests {
  private static let day = 86_400
  private let directory: StackDirectory
  private let start = Int(Date().timeIntervalSince1970)

  init() throws {
    directory = StackDirectory(path: "/tmp/leanto-certificate-\(UInt64.random(in: 0...UInt64.max))")
    try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
  }

  private func store(days: Int = 0) -> CertificateStore {
    let time = start + days * Self.day
    return CertificateStore(directory: directory, now: { time })
  }

  private func settings(_ gateway: String = "lan: 192.168.1.10:8443") throws -> StackSettings {
    let text = "gateway: { \(gateway) }\nservices: { notes: { upstream: \"http://127.0.0.1:9000\", at: notes.example.com } }\n"
    return try SettingsFile.parse(Array(text.utf8), file: "leanto.yaml", environment: [:])
  }

  /// Removes the directory afterwards.
  private func clean() { try? FileManager.default.removeItem(atPath: directory.path) }

  @Test("is made once, for the address, the names and this machine, and kept")
  func once() throws {
    defer { clean() }
    let first = try store().current(settings())
    #expect(first.isNew)
    #expect(first.certificate.covers(["192.168.1.10", "notes.example.com", "localhost", "*.localhost", "127.0.0.1"]))
    let second = try store(days: 100).current(settings())
    #expect(!second.isNew && second.certificate.fingerprint == first.certificate.fingerprint)
    for file in [directory.authority, directory.authorityKey, directory.certificate, directory.certificateKey] {
      let mode = try #require(FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int)
      #expect(mode & 0o077 == 0, "\(file)")
    }
    _ = try store().context(settings())
  }

  @Test("is renewed before its end by the same authority", arguments: [(119, false), (121, true), (400, true)])
  func renewal(days: Int, isNew: Bool) throws {
    defer { clean() }
    let first = try store().current(settings())
    let later = try store(days: days).current(settings())
    #expect(later.isNew == isNew)
    #expect(later.authority.fingerprint == first.authority.fingerprint)
    #expect(later.certificate.isSigned(by: first.authority))
  }

  @Test("is made again when the address or a name changes")
  func names() throws {
    defer { clean() }
    _ = try store().current(settings())
    let moved = try store().current(settings("lan: \"[2001:DB8::5]:8443\""))
    #expect(moved.isNew && moved.certificate.covers(["2001:db8::5"]))
    #expect(try !store().current(settings("lan: \"[2001:DB8::5]:8443\"")).isNew)
  }

  @Test("whose key was lost is made again; a lost key of the authority is told, and nothing is replaced")
  func lost() throws {
    defer { clean() }
    let first = try store().current(settings())
    try FileManager.default.removeItem(atPath: directory.certificateKey)
    #expect(try store().current(settings()).isNew)
    try FileManager.default.removeItem(atPath: directory.authorityKey)
    let problem = try #require(throws: CertificateProblem.self) { try store().current(settings()) }
    #expect(problem.message.contains("authority-key.pem") && problem.message.contains("leanto certificate make --anew"))
    let anew = try store().makeAnew(settings())
    #expect(anew.authority.fingerprint != first.authority.fingerprint)
    #expect(try !store().current(settings()).isNew)
  }

  @Test(
    "of the user's is refused when it expired, is not valid yet, has another key, or cannot be read",
    arguments: [
      (1, "leaf", "leaf-key", nil), (400, "leaf", "leaf-key", "chain: "), (-10, "leaf", "leaf-key", "chain: "),
      (1, "leaf", "other-key", "key: "), (1, "missing", "leaf-key", "chain: "), (1, "leaf", "missing", "key: "),
      (1, "leaf-key", "leaf-key", "chain: "),
    ] as [(Int, String, String, String?)])
  func users(days: Int, chain: String, key: String, expected: String?) throws {
    defer { clean() }
    let authority = try CertificateAuthority.make(name: "a", now: start)
    let (leaf, leafKey) = try authority.issue(names: ["a"], now: start)
    for (name, bytes) in [("leaf", leaf.pem), ("leaf-key", leafKey.pem), ("other-key", authority.key.pem)] {
      try Data(bytes).write(to: URL(fileURLWithPath: directory.path + "/" + name))
    }
    let settings = try settings("lan: 192.168.1.10:8443, certificate: { chain: \(chain), key: \(directory.path)/\(key) }")
    let problem = store(days: days).problem(settings)
    #expect((problem == nil) == (expected == nil))
    if let expected { #expect(problem?.description.hasPrefix("gateway.certificate." + expected) == true) }
    #expect(store(days: days).problem(StackSettings()) == nil)
  }

  @Test(
    "Days are told as people write them",
    arguments: [
      (0, "1970-01-01"), (951_782_399, "2000-02-28"), (951_782_400, "2000-02-29"), (951_868_800, "2000-03-01"),
      (1_798_761_599, "2026-12-31"), (4_107_542_400, "2100-03-01"),
    ])
  func days(seconds: Int, text: String) { #expect(Day.text(seconds) == text) }
}
