internal import Glibc

/// A small file system in memory, to be filled up. Only root may mount one.
package struct Tmpfs {
  private let path: String

  /// Whether this process may mount: root, and not in a container that forbids it.
  package static let works: Bool = {
    guard geteuid() == 0, let folder = try? ScratchFolder("mount"), let disk = try? Tmpfs(size: "64k", at: folder.path) else {
      return false
    }
    disk.unmount()
    return true
  }()

  package init(size: String, at path: String) throws {
    let status = unsafe mount("leanto-test", path, "tmpfs", 0, "size=\(size)")
    guard status == 0 else { throw WireError.system(call: "mount", code: errno) }
    self.path = path
  }

  package func unmount() { _ = unsafe umount2(path, Int32(MNT_DETACH)) }
}
