import Daemon
import Model
import Settings
import TLS

/// The files of the certificate.
enum LiveCertificates {
  static var access: CertificateAccess {
    CertificateAccess(
      show: { stack, settings in
        let store = CertificateStore(directory: stack)
        if let own = try told({ () throws(CertificateProblem) in try store.usersCertificate(settings) }) { return users(own) }
        return try told { () throws(CertificateProblem) in try store.kept() }.map { facts($0, stack) }
      },
      make: { stack, settings, anew in
        let store = CertificateStore(directory: stack)
        return facts(
          try told { () throws(CertificateProblem) in try anew ? store.makeAnew(settings) : store.current(settings) }, stack)
      },
      renew: { stack, settings in
        facts(
          try told { () throws(CertificateProblem) in try CertificateStore(directory: stack).renew(settings) }, stack)
      },
      problem: { stack, settings in
        CertificateStore(directory: stack).problem(settings).map { ($0.path, $0.message) }
      })
  }

  private static func told<Value>(_ body: () throws(CertificateProblem) -> Value) throws -> Value {
    do throws(CertificateProblem) {
      return try body()
    } catch {
      throw CommandFailure(.failed, error.description)
    }
  }

  private static func users(_ certificate: Certificate) -> CertificateFacts {
    CertificateFacts(
      isUsers: true, names: certificate.names, issuer: certificate.issuer, validFrom: certificate.validFrom,
      validUntil: certificate.validUntil, fingerprint: certificate.fingerprint, authority: nil)
  }

  private static func facts(_ own: OwnCertificate, _ stack: StackDirectory) -> CertificateFacts {
    CertificateFacts(
      isUsers: false, names: own.certificate.names, issuer: own.certificate.issuer, validFrom: own.certificate.validFrom,
      validUntil: own.certificate.validUntil, fingerprint: own.certificate.fingerprint,
      authority: .init(
        file: stack.authority, validUntil: own.authority.validUntil, fingerprint: own.authority.fingerprint,
        pem: String(decoding: own.authority.pem, as: UTF8.self)),
      isNew: own.isNew)
  }
}
