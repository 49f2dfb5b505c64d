internal import Glibc

/// An open file descriptor, closed with its last owner.
final class Descriptor: Sendable {
  let number: Int32

  /// Takes over an open descriptor. Nil where `number` is the -1 of a failed call.
  init?(_ number: Int32) {
    guard number >= 0 else { return nil }
    self.number = number
  }

  /// Always closed at exec. Nil: `errno` says why.
  convenience init?(opening path: String, _ flags: Int32, mode: mode_t = 0o600) {
    self.init(unsafe open(path, flags | O_CLOEXEC, mode))
  }

  deinit { close(number) }

  /// Empty: the end. Nil: an error, EAGAIN included.
  func read(upTo count: Int) -> [UInt8]? {
    var status = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      repeat { status = unsafe Glibc.read(number, buffer.baseAddress, count) } while status < 0 && errno == EINTR
      filled = max(0, status)
    }
    return status < 0 ? nil : bytes
  }

  /// Returns whether all was written.
  func write(_ bytes: [UInt8]) -> Bool {
    var start = 0
    while start < bytes.count {
      let count = unsafe bytes[start...].withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
      if count < 0, errno != EINTR { return false }
      start += max(0, count)
    }
    return true
  }
}
