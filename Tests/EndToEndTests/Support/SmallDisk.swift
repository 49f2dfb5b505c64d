import Glibc

/// A file system of its own in memory, which can be filled or made read-only.
final class SmallDisk: Sendable {
  let path: String

  /// Whether this machine lets the tests mount one: root in a container often may not.
  static let isPossible: Bool = {
    guard Lab.isRoot, let disk = try? SmallDisk(kibibytes: 64) else { return false }
    disk.remove()
    return true
  }()

  init(kibibytes: Int) throws {
    path = try TemporaryFolder().path
    guard unsafe mount("tmpfs", path, "tmpfs", 0, "size=\(kibibytes)k,mode=0755") == 0 else {
      unsafe rmdir(path)
      throw TestFailure("no file system could be mounted: \(errno)")
    }
  }

  func makeReadOnly() throws {
    let flags = UInt(MS_REMOUNT | MS_RDONLY)
    guard unsafe mount("tmpfs", path, "tmpfs", flags, nil) == 0 else { throw TestFailure("it stays writable: \(errno)") }
  }

  /// Leaves no byte free.
  func fill() throws {
    let file = unsafe open(path + "/filling", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(file) }
    for size in [4096, 1] {
      let part = [UInt8](repeating: 0x78, count: size)
      while unsafe write(file, part, size) > 0 {}
    }
  }

  func remove() {
    unsafe umount2(path, Int32(MNT_DETACH))
    unsafe rmdir(path)
  }
}
