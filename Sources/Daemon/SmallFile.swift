import Glibc

/// Whole files of a few kilobytes.
enum SmallFile {
  static func read(_ path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var all: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while all.count < 1 << 20 {
      let count = unsafe Glibc.read(descriptor, &part, part.count)
      guard count > 0 else { break }
      all += part.prefix(count)
    }
    return String(decoding: all, as: UTF8.self)
  }

  /// Whether something is at `path`, a link to nothing included, that cannot be opened; errno says why.
  static func isUnreadable(_ path: String) -> Bool {
    var entry = stat()
    guard unsafe lstat(path, &entry) == 0 else { return errno != ENOENT }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    if descriptor >= 0 { close(descriptor) }
    return descriptor < 0
  }

  /// Changes when the file does; nil: there is none.
  static func mark(_ path: String) -> String? {
    var entry = stat()
    guard unsafe stat(path, &entry) == 0 else { return nil }
    return "\(entry.st_mtim.tv_sec).\(entry.st_mtim.tv_nsec) \(entry.st_size) \(entry.st_ino)"
  }

  /// Under a temporary name, synced, renamed: nobody reads half of it. False: errno says why.
  static func write(_ text: String, to path: String, mode: mode_t) -> Bool {
    let temporary = path + ".new"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { return false }
    let bytes = Array(text.utf8)
    let count = unsafe Glibc.write(descriptor, bytes, bytes.count)
    let isWritten = count == bytes.count && fsync(descriptor) == 0
    close(descriptor)
    guard isWritten else {
      unsafe unlink(temporary)
      return false
    }
    return unsafe rename(temporary, path) == 0
  }

  /// Every folder on the way; true when it is there afterwards.
  static func makeDirectory(_ path: String, mode: mode_t = 0o700) -> Bool {
    if unsafe mkdir(path, mode) == 0 || errno == EEXIST { return true }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return false }
    guard makeDirectory(String(path[..<slash]), mode: mode) else { return false }
    return unsafe mkdir(path, mode) == 0
  }
}
