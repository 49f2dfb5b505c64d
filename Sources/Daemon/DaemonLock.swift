import Glibc
package import Model

/// One daemon a stack: a file that is locked as long as it runs and holds its process id. The kernel lets go when it ends.
@safe final class DaemonLock: Sendable {
  private let descriptor: Int32

  /// Somebody else holds it; 0: not known who.
  struct Held: Error {
    var processIdentifier: Int32
  }

  /// - Throws: `Held`, or `DaemonFailure` where the file cannot be made.
  init(path: String) throws {
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw DaemonFailure("cannot make \(path): \(unsafe String(cString: strerror(errno)))") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = Self.holder(descriptor)
      close(descriptor)
      throw Held(processIdentifier: holder)
    }
    ftruncate(descriptor, 0)
    let text = Array("\(getpid())\n".utf8)
    unsafe pwrite(descriptor, text, text.count, 0)
  }

  deinit { close(descriptor) }

  private static func holder(_ descriptor: Int32) -> Int32 {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = unsafe pread(descriptor, &bytes, 16, 0)
    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    return Int32(text.prefix { $0.isNumber }) ?? 0
  }
}

/// Why the daemon cannot run: a sentence, with the command that mends it where there is one.
package struct DaemonFailure: Error, CustomStringConvertible {
  package var description: String
  package var exitCode: ExitCode

  init(_ description: String, _ exitCode: ExitCode = .failed) {
    self.description = description
    self.exitCode = exitCode
  }
}
