import Logging
import Model
import Settings
import TLS

// The certificate of `gateway.lan` while the daemon runs.

extension DaemonServices {
  /// Nil: nothing listens there.
  ///
  /// - Throws: `DaemonFailure`; nothing was changed.
  static func tls(_ settings: StackSettings, _ directory: StackDirectory) throws -> TLSContext? {
    guard settings.gateway.lan != nil else { return nil }
    do throws(CertificateProblem) {
      return try CertificateStore(directory: directory).context(settings)
    } catch {
      throw DaemonFailure(error.description)
    }
  }

  /// Renews an own certificate before it ends and takes up files that were replaced (by certbot, say), once a minute. Connections
  /// that are open keep the one they began with.
  func watchCertificate() async {
    var known = Self.certificateMarks(settings, directory)
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(60))
      guard !Task.isCancelled, settings.gateway.lan != nil else { continue }
      if settings.gateway.certificate == .internal { renewIfDue() }
      let marks = Self.certificateMarks(settings, directory)
      if marks != known {
        known = marks
        logger.info("The certificate's files changed")
        _ = await reload()
      }
    }
  }

  private func renewIfDue() {
    do throws(CertificateProblem) {
      let own = try CertificateStore(directory: directory).current(settings)
      if own.isNew { logger.info("Certificate renewed", ["until": Day.text(own.certificate.validUntil)]) }
    } catch {
      logger.warning("The certificate cannot be renewed", ["problem": error.description])
    }
  }

  /// Both files by time and size; nil for one that is not there.
  private static func certificateMarks(_ settings: StackSettings, _ directory: StackDirectory) -> [String?] {
    switch settings.gateway.certificate {
    case .internal: [directory.certificate, directory.certificateKey].map(SmallFile.mark)
    case .files(let chain, let key):
      [chain, key].map { SmallFile.mark(CertificateStore(directory: directory).path($0)) }
    }
  }
}
