import Glibc
package import Model
package import Settings
import Stack
package import TLS

/// The certificate that `gateway.lan` shows: the user's, or one of Leanto's own authority in `secrets/`.
package struct CertificateStore: Sendable {
  package let directory: StackDirectory
  /// Seconds since 1970.
  let now: @Sendable () -> Int

  package init(directory: StackDirectory, now: @escaping @Sendable () -> Int = { Int(WallTime.now()) }) {
    self.directory = directory
    self.now = now
  }

  /// What the settings ask for, ready to be used. Where it is Leanto's own, whatever is missing or due is made.
  package func context(_ settings: StackSettings) throws(CertificateProblem) -> TLSContext {
    switch settings.gateway.certificate {
    case .files(let chain, let key):
      return try usersContext(chain: path(chain), key: path(key))
    case .internal:
      let own = try current(settings)
      return try wrap("gateway.certificate") { () throws(TLSProblem) in
        try TLSContext(chain: own.certificate.pem, key: own.key.pem)
      }
    }
  }

  /// What is wrong with the user's files; nil: nothing, or the certificate is Leanto's own, or nothing listens.
  package func problem(_ settings: StackSettings) -> CertificateProblem? {
    guard settings.gateway.lan != nil, case .files(let chain, let key) = settings.gateway.certificate else { return nil }
    do throws(CertificateProblem) {
      _ = try usersContext(chain: path(chain), key: path(key))
      return nil
    } catch {
      return error
    }
  }

  /// The first of the user's file, whatever is wrong with it.
  package func usersCertificate(_ settings: StackSettings) throws(CertificateProblem) -> Certificate? {
    guard case .files(let chain, _) = settings.gateway.certificate else { return nil }
    let text = try read(path(chain), "gateway.certificate.chain")
    return try wrap("gateway.certificate.chain", path(chain)) { () throws(TLSProblem) in try Certificate.read(text)[0] }
  }

  /// Those of the settings are meant from the stack directory.
  func path(_ written: String) -> String { written.hasPrefix("/") ? written : directory.path + "/" + written }

  private func usersContext(chain: String, key: String) throws(CertificateProblem) -> TLSContext {
    let (chainText, keyText) = (try read(chain, "gateway.certificate.chain"), try read(key, "gateway.certificate.key"))
    let leaf = try wrap("gateway.certificate.chain", chain) { () throws(TLSProblem) in try Certificate.read(chainText)[0] }
    try checkDates(leaf, chain)
    let privateKey = try wrap("gateway.certificate.key", key) { () throws(TLSProblem) in try PrivateKey.read(keyText) }
    guard privateKey.fits(leaf) else {
      throw CertificateProblem(
        path: "gateway.certificate.key",
        message: "should be the key of the first certificate in \(chain), which is for \(leaf.names.joined(separator: ", "))")
    }
    return try wrap("gateway.certificate", chain) { () throws(TLSProblem) in try TLSContext(chain: chainText, key: keyText) }
  }

  private func checkDates(_ certificate: Certificate, _ file: String) throws(CertificateProblem) {
    let path = "gateway.certificate.chain"
    if now() >= certificate.validUntil {
      throw CertificateProblem(path: path, message: "\(file) expired on \(Day.text(certificate.validUntil)); put a new one there")
    }
    if now() < certificate.validFrom {
      throw CertificateProblem(
        path: path, message: "\(file) is only valid from \(Day.text(certificate.validFrom)) on; is this machine's clock right?")
    }
  }

  func read(_ file: String, _ path: String) throws(CertificateProblem) -> [UInt8] {
    guard let text = SmallFile.read(file) else {
      let reason = unsafe String(cString: strerror(errno))
      throw CertificateProblem(path: path, message: "cannot read \(file): \(reason); look at it with: ls -lL \(file)")
    }
    return Array(text.utf8)
  }

  func wrap<Value>(_ path: String, _ file: String = "", _ body: () throws(TLSProblem) -> Value) throws(CertificateProblem)
    -> Value
  {
    do throws(TLSProblem) {
      return try body()
    } catch {
      throw CertificateProblem(path: path, message: file.isEmpty ? error.description : "\(file): \(error.description)")
    }
  }
}

/// Why there is no certificate to show; `path` is the settings' key.
package struct CertificateProblem: Error, Sendable, Hashable, CustomStringConvertible {
  package var path: String
  package var message: String

  package init(path: String, message: String) {
    self.path = path
    self.message = message
  }

  package var description: String { "\(path): \(message)" }
}

/// A date in UTC, as people write it: `2027-03-01`.
package enum Day {
  package static func text(_ seconds: Int) -> String {
    // Years begin in March here, so that a leap day is the last of one; 719468 days lie before 1970.
    let days = max(0, seconds) / 86_400 + 719_468
    let (era, ofEra) = (days / 146_097, days % 146_097)
    let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * year + year / 4 - year / 100)
    let month = (5 * ofYear + 2) / 153
    let (day, civil) = (ofYear - (153 * month + 2) / 5 + 1, month < 10 ? month + 3 : month - 9)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(era * 400 + year + (civil <= 2 ? 1 : 0))-\(two(civil))-\(two(day))"
  }
}
