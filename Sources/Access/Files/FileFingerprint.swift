internal import Glibc

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
