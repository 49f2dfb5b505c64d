import COpenSSL
import Glibc

/// Where OpenSSL finds received bytes and leaves sealed ones: one pair of buffers an event loop, for all its connections. A record
/// that is not complete waits inside OpenSSL and what was sealed is taken at once, so both are empty between two calls.
@safe package final class TLSWire {
  private static let capacity = 64 * 1024

  private let received: UnsafeMutableRawBufferPointer
  private var receivedStart = 0
  private var receivedEnd = 0
  private var sealed: UnsafeMutableRawBufferPointer
  private var sealedCount = 0

  package init() {
    unsafe received = .allocate(byteCount: Self.capacity, alignment: 16)
    unsafe sealed = .allocate(byteCount: Self.capacity, alignment: 16)
  }

  deinit {
    unsafe received.deallocate()
    unsafe sealed.deallocate()
  }

  /// Lets `read` put up to 64 KiB in place of what was there; gives what it gave.
  package func fill(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
    let count = unsafe read(received)
    receivedStart = 0
    receivedEnd = max(0, count)
    return count
  }

  func fill(with bytes: [UInt8]) {
    receivedStart = 0
    receivedEnd = min(bytes.count, Self.capacity)
    unsafe received.copyBytes(from: bytes.prefix(receivedEnd))
  }

  var isEmpty: Bool { receivedStart == receivedEnd }
  var first: UInt8? { isEmpty ? nil : unsafe received[receivedStart] }

  /// What OpenSSL did not take.
  func takeRest() -> [UInt8] {
    defer { receivedStart = receivedEnd }
    return unsafe [UInt8](received[receivedStart..<receivedEnd])
  }

  package var sealedBytes: Int { sealedCount }

  /// Hands what is to be sent to `body` and forgets it.
  package func takeSealed(_ body: (Span<UInt8>) -> Void) {
    guard sealedCount > 0 else { return }
    let written = unsafe UnsafeRawBufferPointer(rebasing: sealed[0..<sealedCount])
    unsafe body(Span(_unsafeElements: written.bindMemory(to: UInt8.self)))
    sealedCount = 0
    // After a large body: the loop keeps no more than it needs all the time.
    guard unsafe sealed.count > 1024 * 1024 else { return }
    unsafe sealed.deallocate()
    unsafe sealed = .allocate(byteCount: Self.capacity, alignment: 16)
  }

  fileprivate func give(_ target: UnsafeMutableRawPointer, _ wanted: Int) -> Int {
    let count = min(wanted, receivedEnd - receivedStart)
    guard count > 0, let base = unsafe received.baseAddress else { return 0 }
    unsafe target.copyMemory(from: base + receivedStart, byteCount: count)
    receivedStart += count
    return count
  }

  fileprivate func take(_ source: UnsafeRawPointer, _ count: Int) {
    if unsafe sealedCount + count > sealed.count { grow(sealedCount + count) }
    guard let base = unsafe sealed.baseAddress else { return }
    unsafe (base + sealedCount).copyMemory(from: source, byteCount: count)
    sealedCount += count
  }

  private func grow(_ needed: Int) {
    let larger = unsafe UnsafeMutableRawBufferPointer.allocate(byteCount: max(needed, 2 * sealed.count), alignment: 16)
    unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: sealed[0..<sealedCount]))
    unsafe sealed.deallocate()
    unsafe sealed = larger
  }
}

// MARK: As OpenSSL sees it

extension TLSWire {
  /// A BIO for one connection. It holds nothing: the wire must live longer.
  func makeBIO() -> OpaquePointer? {
    guard let method = unsafe wireMethod.pointer, let bio = unsafe BIO_new(method) else { return nil }
    unsafe BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
    unsafe BIO_set_init(bio, 1)
    return unsafe bio
  }
}

@safe private struct WireMethod: @unchecked Sendable {
  let pointer: OpaquePointer?
}

/// One for the process, never changed and never freed.
private let wireMethod: WireMethod = {
  let method = unsafe BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "leanto wire")
  unsafe BIO_meth_set_write_ex(method, writeToWire)
  unsafe BIO_meth_set_read_ex(method, readFromWire)
  unsafe BIO_meth_set_ctrl(method, controlWire)
  return unsafe WireMethod(pointer: method)
}()

private func wire(_ bio: OpaquePointer?) -> TLSWire? {
  guard let data = unsafe BIO_get_data(bio) else { return nil }
  return unsafe Unmanaged<TLSWire>.fromOpaque(data).takeUnretainedValue()
}

private func writeToWire(
  _ bio: OpaquePointer?, _ bytes: UnsafePointer<CChar>?, _ count: Int, _ written: UnsafeMutablePointer<Int>?
) -> Int32 {
  guard let wire = unsafe wire(bio), let bytes = unsafe bytes else { return 0 }
  unsafe wire.take(bytes, count)
  unsafe written?.pointee = count
  return 1
}

private func readFromWire(
  _ bio: OpaquePointer?, _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ read: UnsafeMutablePointer<Int>?
) -> Int32 {
  guard let wire = unsafe wire(bio), let bytes = unsafe bytes else { return 0 }
  let given = unsafe wire.give(bytes, count)
  unsafe read?.pointee = given
  unsafe BIO_clear_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_IO_SPECIAL | BIO_FLAGS_SHOULD_RETRY)
  if given == 0 { unsafe BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY) }
  return given > 0 ? 1 : 0
}

/// Nothing is buffered here, so a flush has nothing to do and always succeeds.
private func controlWire(_ bio: OpaquePointer?, _ command: Int32, _ number: Int, _ pointer: UnsafeMutableRawPointer?) -> Int {
  command == BIO_CTRL_FLUSH ? 1 : 0
}
