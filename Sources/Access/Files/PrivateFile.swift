internal import Glibc

/// Whole files that only their owner may read and write. All throw sentences that name the file and never what is in it.
enum PrivateFile {
  struct Content {
    var bytes: [UInt8]
    var mode: UInt32
  }

  /// A file that others may write is not read. `limit`: bytes.
  static func read(_ path: String, limit: Int) throws(UserProblem) -> Content {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? .missing(path: path) : .system(doing: "read", path: path, reason: lastReason())
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .system(doing: "read", path: path, reason: lastReason()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    guard status.st_mode & 0o022 == 0 else { throw .writableByOthers(path: path) }
    guard status.st_size <= limit else { throw .tooLarge(path: path, limit: limit) }
    return Content(bytes: try readAll(descriptor, path, limit), mode: status.st_mode)
  }

  /// Nil: there is no such file.
  static func readIfThere(_ path: String, limit: Int) throws(UserProblem) -> [UInt8]? {
    do throws(UserProblem) {
      return try read(path, limit: limit).bytes
    } catch .missing {
      return nil
    }
  }

  /// Writes all of it under a temporary name beside `path`, readable by its owner alone, and renames it when it is on the disk: a
  /// reader sees the old file or the new one, also after a power cut. An earlier file's owner is kept.
  static func save(_ bytes: [UInt8], path: String) throws(UserProblem) {
    let temporary = path + "." + Sodium.randomBytes(6).map { String($0, radix: 36) }.joined() + ".new"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .system(doing: "write beside", path: path, reason: lastReason()) }
    var isRenamed = false
    defer {
      close(descriptor)
      if !isRenamed { unsafe unlink(temporary) }
    }
    keepOwner(of: path, on: descriptor)
    guard fchmod(descriptor, 0o600) == 0, writeAll(bytes, to: descriptor), fsync(descriptor) == 0,
      unsafe rename(temporary, path) == 0
    else { throw .system(doing: "write", path: path, reason: lastReason()) }
    isRenamed = true
    syncFolder(of: path)
  }

  private static func readAll(_ descriptor: Int32, _ path: String, _ limit: Int) throws(UserProblem) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .system(doing: "read", path: path, reason: lastReason()) }
      bytes += piece[..<count]
      guard bytes.count <= limit else { throw .tooLarge(path: path, limit: limit) }
    }
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes[done...].withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  /// So that root may add a user to the stack of someone else, who must still be able to read the file.
  private static func keepOwner(of path: String, on descriptor: Int32) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_uid != geteuid() else { return }
    _ = fchown(descriptor, status.st_uid, status.st_gid)
  }

  /// The new name is on the disk when its folder is. Some file systems cannot: then it is there a little later.
  private static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

private func lastReason() -> String { unsafe String(cString: strerror(errno)) }
