import COpenSSL
import Glibc

/// A small authority of one's own: devices that installed its certificate believe the ones that it signs.
package struct CertificateAuthority: Sendable {
  package let certificate: Certificate
  package let key: PrivateKey

  package init(certificate: Certificate, key: PrivateKey) {
    self.certificate = certificate
    self.key = key
  }

  /// Days. The authority's is long because phones must be told of it by hand.
  package static let days = 3650
  /// Browsers take at most 398 days (CA/Browser Forum, Baseline Requirements 6.3.2); renewed long before, a short one costs nothing.
  package static let leafDays = 180
  /// A device whose clock is a little behind believes it too.
  private static let backdating = 86_400

  /// `name`: what the device's list of authorities shows. `now`: seconds since 1970.
  package static func make(name: String, now: Int) throws(TLSProblem) -> CertificateAuthority {
    let key = try PrivateKey.make()
    var draft = try CertificateDraft(key: key, subject: name, from: now - backdating, days: days)
    try draft.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
    try draft.add(NID_key_usage, "critical,keyCertSign,cRLSign")
    try draft.add(NID_subject_key_identifier, "hash")
    return CertificateAuthority(certificate: try draft.sign(issuer: nil, key: key), key: key)
  }

  /// A server's certificate with a new key. `names`: host names, `*.` allowed in front, and addresses; at least one.
  package func issue(names: [String], now: Int) throws(TLSProblem) -> (certificate: Certificate, key: PrivateKey) {
    let list = try names.map { (name) throws(TLSProblem) in try Self.generalName(name) }
    guard let first = names.first else { throw TLSProblem("a certificate needs a name") }
    let leafKey = try PrivateKey.make()
    let end = min(now + Self.leafDays * 86_400, certificate.validUntil)
    var draft = try CertificateDraft(
      key: leafKey, subject: String(first.prefix(64)), from: max(now - Self.backdating, certificate.validFrom), until: end)
    try draft.add(NID_basic_constraints, "critical,CA:FALSE")
    try draft.add(NID_key_usage, "critical,digitalSignature")
    try draft.add(NID_ext_key_usage, "serverAuth")
    try draft.add(NID_subject_alt_name, list.joined(separator: ","))
    try draft.add(NID_subject_key_identifier, "hash")
    try draft.add(NID_authority_key_identifier, "keyid:always", issuer: certificate)
    return (try draft.sign(issuer: certificate, key: key), leafKey)
  }

  /// For OpenSSL's little language, in which a comma would begin another name.
  private static func generalName(_ name: String) throws(TLSProblem) -> String {
    if let address = IPText.normal(name) { return "IP:\(address)" }
    let isName = name.utf8.allSatisfy { byte in
      (97...122).contains(byte | 0x20) || (48...57).contains(byte) || byte == 45 || byte == 46 || byte == 42 || byte == 95
    }
    guard isName, !name.isEmpty, name.utf8.count <= 253 else { throw TLSProblem("\(name) is no host name") }
    return "DNS:\(name.lowercased())"
  }
}

/// A certificate that is being written.
@safe private struct CertificateDraft {
  private let certificate: Certificate
  private let pointer: OpaquePointer

  init(key: PrivateKey, subject: String, from: Int, days: Int) throws(TLSProblem) {
    try self.init(key: key, subject: subject, from: from, until: from + days * 86_400)
  }

  init(key: PrivateKey, subject: String, from: Int, until: Int) throws(TLSProblem) {
    guard let made = unsafe X509_new() else { throw TLSProblem("out of memory") }
    unsafe pointer = made
    certificate = unsafe Certificate(owning: made)
    var serial = [UInt8](repeating: 0, count: 16)
    unsafe RAND_bytes(&serial, 16)
    // Positive, and never zero.
    serial[0] = serial[0] & 0x7F | 0x40
    let number = unsafe BN_bin2bn(serial, 16, nil)
    defer { unsafe BN_free(number) }
    let name = unsafe X509_get_subject_name(made)
    guard unsafe X509_set_version(made, 2) == 1, unsafe BN_to_ASN1_INTEGER(number, X509_get_serialNumber(made)) != nil,
      unsafe ASN1_TIME_set(X509_getm_notBefore(made), from) != nil, unsafe ASN1_TIME_set(X509_getm_notAfter(made), until) != nil,
      unsafe X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, subject, -1, -1, 0) == 1,
      unsafe X509_set_pubkey(made, key.pointer) == 1
    else { throw TLSProblem("OpenSSL: \(takeOpenSSLErrors())") }
  }

  mutating func add(_ kind: Int32, _ value: String, issuer: Certificate? = nil) throws(TLSProblem) {
    var context = unsafe X509V3_CTX()
    unsafe X509V3_set_ctx(&context, issuer?.pointer ?? pointer, pointer, nil, nil, 0)
    guard let made = unsafe X509V3_EXT_conf_nid(nil, &context, kind, value) else {
      throw TLSProblem("OpenSSL: \(takeOpenSSLErrors())")
    }
    defer { unsafe X509_EXTENSION_free(made) }
    guard unsafe X509_add_ext(pointer, made, -1) == 1 else { throw TLSProblem("OpenSSL: \(takeOpenSSLErrors())") }
  }

  /// `issuer` nil: by itself.
  func sign(issuer: Certificate?, key: PrivateKey) throws(TLSProblem) -> Certificate {
    let name = unsafe X509_get_subject_name(issuer?.pointer ?? pointer)
    guard unsafe X509_set_issuer_name(pointer, name) == 1, unsafe X509_sign(pointer, key.pointer, EVP_sha256()) > 0 else {
      throw TLSProblem("OpenSSL: \(takeOpenSSLErrors())")
    }
    return certificate
  }
}
