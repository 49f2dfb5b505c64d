import Glibc
import Model
package import Settings
import Stack
package import TLS

// Leanto's own authority and what it signs.

package struct OwnCertificate: Sendable {
  package var authority: Certificate
  package var certificate: Certificate
  package var key: PrivateKey
  /// It was made just now.
  package var isNew: Bool
}

extension CertificateStore {
  /// Days before its end at which an own certificate is replaced.
  package static let renewalDays = 60

  /// The one that is there, or a new one where it is missing, due, or not for all names that the settings ask for.
  package func current(_ settings: StackSettings) throws(CertificateProblem) -> OwnCertificate {
    let authority = try anyAuthority(settings)
    let names = Self.names(settings)
    if let (leaf, key) = leaf(), key.fits(leaf), leaf.isSigned(by: authority.certificate), !isDue(leaf),
      leaf.covers(names)
    {
      return OwnCertificate(authority: authority.certificate, certificate: leaf, key: key, isNew: false)
    }
    return try issue(authority, names)
  }

  /// A new certificate of the same authority: devices that believe the authority notice nothing.
  package func renew(_ settings: StackSettings) throws(CertificateProblem) -> OwnCertificate {
    try issue(try anyAuthority(settings), Self.names(settings))
  }

  /// A new authority in place of any other: devices have to be told of it again.
  package func makeAnew(_ settings: StackSettings) throws(CertificateProblem) -> OwnCertificate {
    try issue(try makeAuthority(settings), Self.names(settings))
  }

  /// As it lies there; nil: nothing was made yet.
  package func kept() throws(CertificateProblem) -> OwnCertificate? {
    guard let authority = try authority(), let (leaf, key) = leaf() else { return nil }
    return OwnCertificate(authority: authority.certificate, certificate: leaf, key: key, isNew: false)
  }

  package static func names(_ settings: StackSettings) -> [String] {
    CertificateNames.of(settings, host: MachineAddresses.hostName, addresses: MachineAddresses.all)
  }

  private func isDue(_ certificate: Certificate) -> Bool {
    certificate.validUntil - now() < Self.renewalDays * 86_400 || certificate.validFrom > now()
  }

  private func leaf() -> (Certificate, PrivateKey)? {
    guard let text = SmallFile.read(directory.certificate), let keyText = SmallFile.read(directory.certificateKey),
      let certificate = try? Certificate.read(Array(text.utf8)).first, let key = try? PrivateKey.read(Array(keyText.utf8))
    else { return nil }
    return (certificate, key)
  }

  /// Nil: there is none. One that is half there is not replaced: phones may have been told of it.
  private func authority() throws(CertificateProblem) -> CertificateAuthority? {
    let (file, keyFile) = (directory.authority, directory.authorityKey)
    if isMissing(file), isMissing(keyFile) { return nil }
    let remedy = "put it back, or make another authority: leanto certificate make --anew"
    do throws(CertificateProblem) {
      let (text, keyText) = (try read(file, "gateway.certificate"), try read(keyFile, "gateway.certificate"))
      let certificate = try wrap("gateway.certificate", file) { () throws(TLSProblem) in try Certificate.read(text)[0] }
      let key = try wrap("gateway.certificate", keyFile) { () throws(TLSProblem) in try PrivateKey.read(keyText) }
      guard key.fits(certificate) else {
        throw CertificateProblem(path: "gateway.certificate", message: "\(keyFile) is not the key of \(file)")
      }
      guard certificate.validUntil > now() else {
        throw CertificateProblem(path: "gateway.certificate", message: "\(file) expired on \(Day.text(certificate.validUntil))")
      }
      return CertificateAuthority(certificate: certificate, key: key)
    } catch {
      throw CertificateProblem(path: error.path, message: "\(error.message); \(remedy)")
    }
  }

  private func anyAuthority(_ settings: StackSettings) throws(CertificateProblem) -> CertificateAuthority {
    if let known = try authority() { return known }
    return try makeAuthority(settings)
  }

  private func isMissing(_ file: String) -> Bool {
    var entry = stat()
    return unsafe lstat(file, &entry) != 0 && errno == ENOENT
  }

  private func makeAuthority(_ settings: StackSettings) throws(CertificateProblem) -> CertificateAuthority {
    let made = try wrap("gateway.certificate") { () throws(TLSProblem) in
      try CertificateAuthority.make(name: "Leanto \(settings.name)", now: now())
    }
    try write(made.key.pem, directory.authorityKey)
    try write(made.certificate.pem, directory.authority)
    return made
  }

  private func issue(_ authority: CertificateAuthority, _ names: [String]) throws(CertificateProblem) -> OwnCertificate {
    let (leaf, key) = try wrap("gateway.certificate") { () throws(TLSProblem) in try authority.issue(names: names, now: now()) }
    try write(key.pem, directory.certificateKey)
    try write(leaf.pem, directory.certificate)
    return OwnCertificate(authority: authority.certificate, certificate: leaf, key: key, isNew: true)
  }

  private func write(_ bytes: [UInt8], _ file: String) throws(CertificateProblem) {
    guard SmallFile.makeDirectory(directory.secrets),
      SmallFile.write(String(decoding: bytes, as: UTF8.self), to: file, mode: 0o600)
    else {
      let reason = unsafe String(cString: strerror(errno))
      throw CertificateProblem(path: "gateway.certificate", message: "cannot write \(file): \(reason); look at: ls -ld \(file)")
    }
  }
}
