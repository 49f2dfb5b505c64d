import Glibc
import Model

/// What the kernel said last.
func lastError() -> String { unsafe String(cString: strerror(errno)) }

/// An open file, closed by `close`.
struct FileDescriptor: Sendable {
  let number: Int32

  init(number: Int32) { self.number = number }

  init(opening path: String, _ flags: Int32, mode: mode_t = 0) throws(CommandFailure) {
    unsafe number = open(path, flags | O_CLOEXEC, mode)
    guard number >= 0 else { throw CommandFailure(.failed, "cannot open \(path): \(lastError())") }
  }

  func close() { _ = Glibc.close(number) }

  func write(_ bytes: [UInt8], of name: String) throws(CommandFailure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw CommandFailure(.failed, "cannot write \(name): \(lastError())") }
      rest = rest.dropFirst(count)
    }
  }

  /// Fewer than `count` bytes at the end.
  func read(_ count: Int, at offset: Int, of name: String) throws(CommandFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let part = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(number, buffer.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
      }
      if part < 0, errno == EINTR { continue }
      guard part >= 0 else { throw CommandFailure(.failed, "cannot read \(name): \(lastError())") }
      if part == 0 { break }
      done += part
    }
    return Array(bytes.prefix(done))
  }
}
