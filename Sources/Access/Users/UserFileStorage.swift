internal import Glibc

extension UserFile {
  /// Reads the file at `path`. A file that others may read is read, and reported in `problems`; one that others may write is not.
  package static func load(path: String) throws(UserProblem) -> UserFile {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? .missing(path: path) : .system(doing: "read", path: path, reason: lastReason())
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .system(doing: "read", path: path, reason: lastReason()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    guard status.st_mode & 0o022 == 0 else { throw .writableByOthers(path: path) }
    guard status.st_size <= UserRules.largestFile else { throw .tooLarge(path: path) }
    var file = UserFile(try readAll(descriptor, path))
    if status.st_mode & 0o077 != 0 { file.report(.readableByOthers(path: path, mode: status.st_mode)) }
    return file
  }

  /// Writes all of it under a temporary name beside `path`, readable by its owner alone, and renames it when it is on the disk: a
  /// reader sees the old file or the new one, also after a power cut. An earlier file's owner is kept.
  package func save(path: String) throws(UserProblem) {
    let temporary = path + "." + Sodium.randomBytes(6).map { String($0, radix: 36) }.joined() + ".new"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .system(doing: "write beside", path: path, reason: lastReason()) }
    var isRenamed = false
    defer {
      close(descriptor)
      if !isRenamed { unsafe unlink(temporary) }
    }
    UserFile.keepOwner(of: path, on: descriptor)
    guard fchmod(descriptor, 0o600) == 0, UserFile.writeAll(bytes, to: descriptor), fsync(descriptor) == 0,
      unsafe rename(temporary, path) == 0
    else { throw .system(doing: "write", path: path, reason: lastReason()) }
    isRenamed = true
    UserFile.syncFolder(of: path)
  }

  private static func readAll(_ descriptor: Int32, _ path: String) throws(UserProblem) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = unsafe piece.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .system(doing: "read", path: path, reason: lastReason()) }
      bytes += piece[..<count]
      guard bytes.count <= UserRules.largestFile else { throw .tooLarge(path: path) }
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

/// Tells one state of a file from another without reading it.
struct FileFingerprint: Equatable {
  var device: UInt, inode: UInt, size: Int, modified: Int, modifiedNanoseconds: Int, changed: Int, changedNanoseconds: Int

  /// Nil: there is no such file, or it cannot be looked at.
  init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    device = status.st_dev
    inode = status.st_ino
    size = status.st_size
    modified = status.st_mtim.tv_sec
    modifiedNanoseconds = status.st_mtim.tv_nsec
    changed = status.st_ctim.tv_sec
    changedNanoseconds = status.st_ctim.tv_nsec
  }

  /// Whether the last change is so young that another may follow within the same tick of the file system's clock.
  var isYoung: Bool {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    let age = (now.tv_sec - changed) * 1000 + (now.tv_nsec - changedNanoseconds) / 1_000_000
    return age < 50
  }
}

private func lastReason() -> String { unsafe String(cString: strerror(errno)) }
