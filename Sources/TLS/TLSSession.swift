import COpenSSL

/// One connection's encryption, apart from its socket: received bytes are opened, bytes to send are sealed, both through the
/// event loop's wire.
@safe package final class TLSSession {
  package struct Read {
    package enum Outcome: Sendable {
      /// Opened so far; more may come.
      case open
      /// The peer said that it sends no more.
      case end
      /// Not TLS, not ours, or tampered with. An alert may wait on the wire.
      case failed
      /// The peer speaks, but not TLS.
      case plaintext
    }
    /// Bytes that were put into the buffer.
    package var count = 0
    package var outcome = Outcome.open
  }

  private let ssl: OpaquePointer
  private let wire: TLSWire
  private var hasBegun = false
  private var isFinished = false
  private var isBroken = false
  /// How reading ended, once it did: to be told again after the last bytes.
  package private(set) var end: Read.Outcome?
  /// Received, but the buffer was full. Nearly always empty.
  private var rest: [UInt8] = []
  /// To be sent as soon as the handshake is done.
  private var early: [UInt8] = []

  package init?(_ context: TLSContext, _ wire: TLSWire) {
    guard let made = unsafe SSL_new(context.pointer) else { return nil }
    guard let bio = unsafe wire.makeBIO() else {
      unsafe SSL_free(made)
      return nil
    }
    unsafe SSL_set_bio(made, bio, bio)
    unsafe SSL_set_accept_state(made)
    unsafe ssl = made
    self.wire = wire
  }

  deinit { unsafe SSL_free(ssl) }

  package private(set) var isEstablished = false

  /// ALPN chose HTTP/2. Only once established.
  package var speaksHTTP2: Bool {
    var name: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    unsafe SSL_get0_alpn_selected(ssl, &name, &count)
    guard count == 2, let name = unsafe name else { return false }
    return unsafe name[0] == 104 && name[1] == 50
  }

  /// Received bytes wait here because a buffer was full: read again before the wire is filled anew.
  package var hasRest: Bool { !rest.isEmpty || hasOpened }

  private var hasOpened: Bool { unsafe SSL_pending(ssl) > 0 }

  /// Opens what the wire was filled with into `buffer` from `offset` on.
  package func read(into buffer: inout [UInt8], at offset: Int) -> Read {
    var read = Read()
    if !rest.isEmpty {
      wire.fill(with: rest)
      rest = []
    }
    if !hasBegun, let first = wire.first {
      hasBegun = true
      // A record of TLS begins with 20 to 24, a request of HTTP with a letter.
      if first | 0x20 >= 97, first | 0x20 <= 122, first < 128 {
        isBroken = true
        read.outcome = .plaintext
        return read
      }
    }
    unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe readAll(UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]), &read)
    }
    if !wire.isEmpty { rest = wire.takeRest() }
    if end != nil { rest = [] }
    if !early.isEmpty, isEstablished { sendEarly() }
    return read
  }

  private func readAll(_ buffer: UnsafeMutableRawBufferPointer, _ read: inout Read) {
    ERR_clear_error()
    while read.count < buffer.count {
      let room = Int32(clamping: buffer.count - read.count)
      let count = unsafe SSL_read(ssl, buffer.baseAddress.map { unsafe $0 + read.count }, room)
      if count > 0 {
        isEstablished = true
        read.count += Int(count)
        // The next call would only find out that there is nothing.
        if wire.isEmpty, !hasOpened { return }
        continue
      }
      switch unsafe SSL_get_error(ssl, count) {
      case SSL_ERROR_WANT_READ: break
      case SSL_ERROR_ZERO_RETURN: read.outcome = .end
      default:
        isBroken = true
        read.outcome = .failed
        ERR_clear_error()
      }
      if read.outcome != .open { end = read.outcome }
      if !isEstablished, unsafe SSL_is_init_finished(ssl) == 1 { isEstablished = true }
      return
    }
  }

  private func sendEarly() {
    let bytes = early
    early = []
    // It was written before anybody knew what the client speaks.
    if !speaksHTTP2 { send(bytes.span) }
    if isFinished {
      isFinished = false
      finish()
    }
  }

  /// Seals `bytes` onto the wire. Before the handshake is done they are kept, at most 64 KiB.
  package func send(_ bytes: Span<UInt8>) {
    guard !isBroken, bytes.count > 0 else { return }
    guard isEstablished else {
      if early.count + bytes.count <= 65_536 { for i in bytes.indices { early.append(bytes[i]) } }
      return
    }
    ERR_clear_error()
    // A wire takes everything, so OpenSSL does too.
    let count = unsafe bytes.withUnsafeBytes { unsafe SSL_write(ssl, $0.baseAddress, Int32(clamping: $0.count)) }
    if count <= 0 { isBroken = true }
  }

  /// Says, on the wire, that no more comes (close_notify). Its absence tells the peer that something was cut off.
  package func finish() {
    guard !isFinished else { return }
    isFinished = true
    guard isEstablished, !isBroken else { return }
    ERR_clear_error()
    unsafe SSL_shutdown(ssl)
  }
}
