import Glibc
import Model

/// Locks by flock(2): the kernel lets go of them when their holder ends, however it ends.
enum LiveLock {
  static func take(_ path: String) throws -> @Sendable () -> Void {
    let file = try FileDescriptor(opening: path, O_RDWR | O_CREAT, mode: 0o600)
    guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
      let failure = errno
      defer { file.close() }
      guard failure == EWOULDBLOCK else { throw CommandFailure(.failed, "cannot lock \(path): \(lastError())") }
      throw LockHeld(processIdentifier: content(of: file))
    }
    ftruncate(file.number, 0)
    try file.write(Array("\(getpid())\n".utf8), of: path)
    return { file.close() }
  }

  static func holder(_ path: String) -> Int32? {
    guard let file = try? FileDescriptor(opening: path, O_RDONLY) else { return nil }
    defer { file.close() }
    // Shared, so that two who ask do not see each other.
    if flock(file.number, LOCK_SH | LOCK_NB) == 0 { return nil }
    return errno == EWOULDBLOCK ? content(of: file) : nil
  }

  private static func content(of file: FileDescriptor) -> Int32 {
    let bytes = (try? file.read(16, at: 0, of: "a lock")) ?? []
    return Int32(String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)) ?? 0
  }
}
