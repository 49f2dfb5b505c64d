import COpenSSL

/// An X.509 certificate, and what is shown of it.
@safe package final class Certificate: @unchecked Sendable {
  let pointer: OpaquePointer

  /// Takes over the reference.
  init(owning pointer: OpaquePointer) { unsafe self.pointer = unsafe pointer }

  deinit { unsafe X509_free(pointer) }

  /// All certificates of a PEM text, in its order; at least one.
  ///
  /// - Throws: `TLSProblem`.
  package static func read(_ pem: [UInt8]) throws(TLSProblem) -> [Certificate] {
    var found: [Certificate] = []
    unsafe withMemoryBIO(pem) { bio in
      while let next = unsafe PEM_read_bio_X509(bio, nil, nil, nil) { found.append(unsafe Certificate(owning: next)) }
    }
    ERR_clear_error()
    guard !found.isEmpty else { throw TLSProblem("no certificate is in it; it should be PEM text (BEGIN CERTIFICATE)") }
    return found
  }

  package var pem: [UInt8] { unsafe takingMemoryBIO { bio in unsafe PEM_write_bio_X509(bio, pointer) } }

  /// Seconds since 1970.
  package var validFrom: Int { unsafe Self.seconds(X509_get0_notBefore(pointer)) }
  package var validUntil: Int { unsafe Self.seconds(X509_get0_notAfter(pointer)) }

  private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int {
    var (days, rest): (Int32, Int32) = (0, 0)
    let epoch = unsafe ASN1_TIME_set(nil, 0)
    defer { unsafe ASN1_TIME_free(epoch) }
    guard unsafe ASN1_TIME_diff(&days, &rest, epoch, time) == 1 else { return 0 }
    return Int(days) * 86_400 + Int(rest)
  }

  /// Host names and addresses that it is for (subjectAltName), addresses as text.
  package var names: [String] {
    guard let list = unsafe X509_get_ext_d2i(pointer, NID_subject_alt_name, nil, nil) else { return [] }
    let general = OpaquePointer(list)
    defer { unsafe tls_names_free(general) }
    let count = unsafe tls_names_count(general)
    return (0..<count).compactMap { index in
      var bytes: UnsafePointer<UInt8>?
      var count: Int32 = 0
      let kind = unsafe tls_name_bytes(tls_name_at(general, index), &bytes, &count)
      let name = unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: Int(count)))
      if kind == GEN_DNS { return String(decoding: name, as: UTF8.self) }
      return kind == GEN_IPADD ? IPText.text(name) : nil
    }
  }

  /// Whether it is for each of `names`, addresses in any spelling.
  package func covers(_ names: [String]) -> Bool {
    let known = Set(self.names)
    return names.allSatisfy { known.contains(IPText.normal($0) ?? $0) }
  }

  package var subject: String { unsafe Self.text(X509_get_subject_name(pointer)) }
  package var issuer: String { unsafe Self.text(X509_get_issuer_name(pointer)) }

  private static func text(_ name: OpaquePointer?) -> String {
    let bytes = unsafe takingMemoryBIO { bio in unsafe X509_NAME_print_ex(bio, name, 0, tls_name_style) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// SHA-256 over the whole, as people compare it: `AB:CD:...`.
  package var fingerprint: String {
    var digest = [UInt8](repeating: 0, count: 32)
    unsafe X509_digest(pointer, EVP_sha256(), &digest, nil)
    let digits = Array("0123456789ABCDEF")
    return digest.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined(separator: ":")
  }

  /// Whether `authority` signed it.
  package func isSigned(by authority: Certificate) -> Bool {
    defer { ERR_clear_error() }
    return unsafe X509_verify(pointer, X509_get0_pubkey(authority.pointer)) == 1
  }
}

/// A private key of any kind that OpenSSL knows.
@safe package final class PrivateKey: @unchecked Sendable {
  let pointer: OpaquePointer

  private init(owning pointer: OpaquePointer) { unsafe self.pointer = unsafe pointer }

  deinit { unsafe EVP_PKEY_free(pointer) }

  /// - Throws: `TLSProblem`, when it is encrypted as well: nobody is there to type a passphrase.
  package static func read(_ pem: [UInt8]) throws(TLSProblem) -> PrivateKey {
    var key: PrivateKey?
    unsafe withMemoryBIO(pem) { bio in
      if let read = unsafe PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil) { key = unsafe PrivateKey(owning: read) }
    }
    ERR_clear_error()
    if let key { return key }
    let text = String(decoding: pem, as: UTF8.self)
    guard text.contains("ENCRYPTED") else {
      throw TLSProblem("no private key is in it; it should be PEM text (BEGIN PRIVATE KEY)")
    }
    throw TLSProblem("it is locked with a passphrase; unlock it: openssl pkey -in OLD -out NEW")
  }

  /// A new one on P-256, which every device knows.
  package static func make() throws(TLSProblem) -> PrivateKey {
    guard let context = unsafe EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw TLSProblem("OpenSSL: \(takeOpenSSLErrors())") }
    defer { unsafe EVP_PKEY_CTX_free(context) }
    var made: OpaquePointer?
    guard unsafe EVP_PKEY_keygen_init(context) == 1,
      unsafe EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
      unsafe EVP_PKEY_keygen(context, &made) == 1, let made = unsafe made
    else { throw TLSProblem("OpenSSL: \(takeOpenSSLErrors())") }
    return unsafe PrivateKey(owning: made)
  }

  package var pem: [UInt8] {
    unsafe takingMemoryBIO { bio in unsafe PEM_write_bio_PrivateKey(bio, pointer, nil, nil, 0, nil, nil) }
  }

  package func fits(_ certificate: Certificate) -> Bool {
    defer { ERR_clear_error() }
    return unsafe X509_check_private_key(certificate.pointer, pointer) == 1
  }
}

func withMemoryBIO(_ bytes: [UInt8], _ body: (OpaquePointer) -> Void) {
  unsafe bytes.withUnsafeBytes { buffer in
    guard let bio = unsafe BIO_new_mem_buf(buffer.baseAddress, Int32(clamping: buffer.count)) else { return }
    unsafe body(bio)
    unsafe BIO_free(bio)
  }
}

func takingMemoryBIO(_ body: (OpaquePointer) -> some Any) -> [UInt8] {
  guard let bio = unsafe BIO_new(BIO_s_mem()) else { return [] }
  defer { unsafe BIO_free(bio) }
  _ = unsafe body(bio)
  var start: UnsafeMutablePointer<CChar>?
  let count = unsafe tls_memory_bytes(bio, &start)
  guard count > 0, let start = unsafe start else { return [] }
  return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
}
