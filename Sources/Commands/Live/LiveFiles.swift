import Glibc
import Model

/// The file system.
enum LiveFiles {
  static func access() -> FileAccess {
    FileAccess(
      facts: facts, list: list, read: read, create: create, makeDirectory: makeDirectory, rename: rename, remove: remove,
      lock: LiveLock.take, lockHolder: LiveLock.holder, uninterrupted: Interruption.hold)
  }

  static func facts(_ path: String) -> FileFacts? {
    var status = Glibc.stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return FileFacts(kind: kind(status.st_mode), size: Int(status.st_size), identity: UInt64(status.st_ino))
  }

  private static func kind(_ mode: mode_t) -> FileFacts.Kind {
    switch mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .directory
    default: .other
    }
  }

  static func list(_ path: String) throws -> [String] {
    guard let directory = unsafe opendir(path) else { throw failure("read", path) }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static func read(_ path: String, offset: Int, count: Int) throws -> [UInt8] {
    let file = try FileDescriptor(opening: path, O_RDONLY)
    defer { file.close() }
    return try file.read(count, at: offset, of: path)
  }

  static func create(_ path: String, _ bytes: [UInt8], mode: UInt32) throws {
    let file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
    defer { file.close() }
    // The mode is what was asked for, whatever the caller's umask is.
    fchmod(file.number, mode)
    giveToOwner(ofFolder: path) { fchown(file.number, $0, $1) }
    try file.write(bytes, of: path)
    guard fsync(file.number) == 0 else { throw failure("write", path) }
  }

  static func makeDirectory(_ path: String, mode: UInt32) throws {
    if unsafe mkdir(path, mode) == 0 {
      unsafe chmod(path, mode)
      giveToOwner(ofFolder: path) { unsafe chown(path, $0, $1) }
    } else if errno != EEXIST || facts(path)?.kind != .directory {
      throw failure("make the folder", path)
    }
  }

  /// What root makes in somebody's stack is theirs: the daemon, which runs as them, has to read it.
  private static func giveToOwner(ofFolder path: String, _ give: (uid_t, gid_t) -> Int32) {
    var status = Glibc.stat()
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard geteuid() == 0, unsafe stat(folder, &status) == 0, status.st_uid != 0 else { return }
    _ = give(status.st_uid, status.st_gid)
  }

  static func rename(_ from: String, _ to: String) throws {
    guard unsafe Glibc.rename(from, to) == 0 else { throw failure("move \(from) to", to) }
  }

  static func remove(_ path: String) throws {
    var status = Glibc.stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    if kind(status.st_mode) == .directory {
      for name in try list(path) { try remove(path + "/" + name) }
      guard unsafe rmdir(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    } else {
      guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }
  }

  private static func failure(_ action: String, _ path: String) -> CommandFailure {
    CommandFailure(.failed, "cannot \(action) \(path): \(lastError())")
  }
}
