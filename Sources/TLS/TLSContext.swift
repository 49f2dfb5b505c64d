import COpenSSL

/// What all connections of a listener have in common: its certificate, its key, and how strict it is. Never changed: a new
/// certificate is a new context, and connections of before keep theirs.
@safe package final class TLSContext: @unchecked Sendable {
  let pointer: OpaquePointer

  /// `chain`: PEM, the server's own certificate first. `key`: PEM, not encrypted.
  ///
  /// - Throws: `TLSProblem` when one cannot be read or they do not belong together.
  package init(chain: [UInt8], key: [UInt8]) throws(TLSProblem) {
    guard let made = unsafe SSL_CTX_new(TLS_server_method()) else { throw TLSProblem("OpenSSL: \(takeOpenSSLErrors())") }
    unsafe pointer = made
    configure()
    let certificates = try Certificate.read(chain)
    let privateKey = try PrivateKey.read(key)
    guard privateKey.fits(certificates[0]) else { throw TLSProblem("the key does not belong to the certificate") }
    // A key or a signature that OpenSSL's security level refuses: 1024 bits, SHA-1.
    guard unsafe SSL_CTX_use_certificate(pointer, certificates[0].pointer) == 1 else {
      throw TLSProblem("the certificate is too weak or of an unknown kind: \(takeOpenSSLErrors())")
    }
    guard unsafe SSL_CTX_use_PrivateKey(pointer, privateKey.pointer) == 1 else {
      throw TLSProblem("the key cannot be used: \(takeOpenSSLErrors())")
    }
    for certificate in certificates.dropFirst() {
      guard unsafe tls_context_add_chain(pointer, certificate.pointer) == 1 else {
        throw TLSProblem("the chain's further certificates cannot be used: \(takeOpenSSLErrors())")
      }
    }
  }

  deinit { unsafe SSL_CTX_free(pointer) }

  /// TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only (RFC 9325; RFC 9113 9.2.2 wants no less for HTTP/2).
  private func configure() {
    unsafe tls_context_set_minimum(pointer, TLS1_2_VERSION)
    unsafe SSL_CTX_set_cipher_list(
      pointer,
      "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
        + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305")
    // Devices without AES instructions put ChaCha first, and get it.
    unsafe SSL_CTX_set_ciphersuites(pointer, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256")
    unsafe tls_context_set_groups(pointer, "X25519:P-256:P-384")
    unsafe SSL_CTX_set_options(
      pointer,
      UInt64(SSL_OP_NO_RENEGOTIATION_) | UInt64(SSL_OP_NO_COMPRESSION_) | UInt64(SSL_OP_CIPHER_SERVER_PREFERENCE_)
        | UInt64(SSL_OP_PRIORITIZE_CHACHA_))
    unsafe tls_context_set_mode(pointer, Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_AUTO_RETRY))
    // Sessions live in tickets with the clients: nothing is kept here, and all event loops can resume them.
    unsafe tls_context_set_session_cache(pointer, Int(SSL_SESS_CACHE_OFF))
    unsafe SSL_CTX_set_num_tickets(pointer, 1)
    unsafe SSL_CTX_set_timeout(pointer, 7200)
    unsafe SSL_CTX_set_alpn_select_cb(pointer, chooseProtocol, nil)
  }
}

/// ALPN (RFC 7301), in our order of preference. A client that names none of ours goes on without: it gets HTTP/1.1.
private func chooseProtocol(
  _ ssl: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ chosenCount: UnsafeMutablePointer<UInt8>?,
  _ offered: UnsafePointer<UInt8>?, _ offeredCount: UInt32, _ context: UnsafeMutableRawPointer?
) -> Int32 {
  let list = unsafe UnsafeBufferPointer(start: offered, count: Int(offeredCount))
  for known in [Array("h2".utf8), Array("http/1.1".utf8)] {
    var at = 0
    while at < list.count {
      let count = unsafe Int(list[at])
      guard at + 1 + count <= list.count else { return SSL_TLSEXT_ERR_ALERT_FATAL }
      if unsafe known.elementsEqual(list[at + 1..<at + 1 + count]) {
        unsafe chosen?.pointee = offered.map { unsafe $0 + at + 1 }
        unsafe chosenCount?.pointee = UInt8(count)
        return SSL_TLSEXT_ERR_OK
      }
      at += 1 + count
    }
  }
  return SSL_TLSEXT_ERR_NOACK
}
