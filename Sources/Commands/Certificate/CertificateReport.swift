import Daemon

struct CertificateReport: Report {
  var certificate: CertificateFacts
  /// Seconds since 1970.
  var now: Double
  /// The daemon shows it from now on.
  var isLive: Bool

  private enum CodingKeys: CodingKey { case certificate }

  func text(_ style: Style) -> String {
    var text = TextBlock.labelled("For", certificate.names.map(Visible.text).joined(separator: ", "))
    text += TextBlock.labelled("Valid until", "\(Day.text(certificate.validUntil)) (\(rest))")
    text += TextBlock.labelled("Issued by", Visible.text(certificate.issuer))
    text += TextBlock.labelled("Fingerprint", certificate.fingerprint)
    if isLive { text += "\nThe daemon shows it to everybody who comes from now on.\n" }
    return text + (certificate.authority.map(words) ?? "")
  }

  private var rest: String {
    let left = Double(certificate.validUntil) - now
    return left > 0 ? "in \(SpanOfTime.words(left))" : "over"
  }

  private func words(_ authority: CertificateFacts.Authority) -> String {
    """

    Devices believe it once they have installed the authority's certificate:
      leanto certificate show --pem > leanto.crt
    Its fingerprint, to be compared there:
      \(authority.fingerprint)

    Android       Settings, Security, More, Install a certificate: CA certificate
    iPhone, iPad  Open the file, install the profile, then switch it on under
                  Settings, General, About, Certificate Trust Settings
    Windows       Open the file, Install, "Trusted Root Certification Authorities"
    macOS         Open it in Keychain Access and set it to Always Trust
    Debian        cp leanto.crt /usr/local/share/ca-certificates/
                  update-ca-certificates
    Firefox       Settings, Certificates, View, Authorities, Import

    """
  }
}
