internal import CSodium

/// Bytes that are overwritten when nobody needs them any more. Never changed after they were made.
@safe package final class SecretBytes: @unchecked Sendable {
  private let storage: UnsafeMutablePointer<CChar>
  let count: Int

  package init(copying bytes: Span<UInt8>) {
    count = bytes.count
    unsafe storage = .allocate(capacity: bytes.count + 1)
    for index in bytes.indices { unsafe storage[index] = CChar(bitPattern: bytes[index]) }
    // Closed by a NUL, as crypt(3) reads it.
    unsafe storage[bytes.count] = 0
  }

  package convenience init(_ text: String) {
    self.init(copying: Array(text.utf8).span)
  }

  deinit {
    unsafe sodium_memzero(storage, count + 1)
    unsafe storage.deallocate()
  }

  func byte(at index: Int) -> UInt8 {
    precondition(index >= 0 && index < count)
    return unsafe UInt8(bitPattern: storage[index])
  }

  /// `body` gets the bytes as a C string.
  func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    unsafe body(storage)
  }
}
