import Glibc

/// Reading one small file with the kernel's own calls. All unsafe calls of it are in this file.
enum FileBytes {
  enum Failure: Error, Equatable {
    case missing, directory, notAFile, tooLarge, notAllowed
    /// The kernel's words.
    case other(String)
  }

  /// At most `limit` bytes. Never waits: a pipe or a device is refused.
  static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
    // A NUL would cut the path short.
    guard !path.utf8.contains(0) else { throw .missing }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw failure(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure(errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return try contents(descriptor, limit)
    case S_IFDIR: throw .directory
    default: throw .notAFile
    }
  }

  private static func contents(_ descriptor: Int32, _ limit: Int) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count <= limit {
      // One more than the limit, so that a file that is too large is known as such without being read whole.
      let piece = try piece(descriptor, atMost: min(64 * 1024, limit + 1 - bytes.count))
      if piece.isEmpty { return bytes }
      bytes += piece
    }
    throw .tooLarge
  }

  private static func piece(_ descriptor: Int32, atMost count: Int) throws(Failure) -> [UInt8] {
    var problem: Int32 = 0
    let piece = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      var got = -1
      repeat { got = unsafe Glibc.read(descriptor, buffer.baseAddress, count) } while got < 0 && errno == EINTR
      problem = got < 0 ? errno : 0
      filled = max(0, got)
    }
    if problem != 0 { throw failure(problem) }
    return piece
  }

  private static func failure(_ code: Int32) -> Failure {
    switch code {
    case ENOENT, ENOTDIR: .missing
    case EACCES, EPERM: .notAllowed
    default: .other(unsafe String(cString: strerror(code)))
    }
  }
}
