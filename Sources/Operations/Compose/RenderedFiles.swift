internal import CLinux
internal import Glibc
internal import Model

/// Rendered files on the disk. What is already there as wanted is not touched: a container holds a file by its inode.
struct RenderedFiles: Sendable {
  let directory: String

  /// Throws `DockerProblem` that names the file.
  func write(_ files: [RenderedFile]) throws(DockerProblem) {
    for file in files {
      let path = directory + "/" + file.path
      try makeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
      if SmallFile.text(path) == file.text, isRight(path, file) { continue }
      try write(file, path)
    }
  }

  private func isRight(_ path: String, _ file: RenderedFile) -> Bool {
    var facts = stat()
    guard unsafe stat(path, &facts) == 0 else { return false }
    return facts.st_mode & 0o7777 == mode_t(file.mode) && file.owner.map { $0 == facts.st_uid } != false
  }

  /// Under a temporary name, synced, renamed.
  private func write(_ file: RenderedFile, _ path: String) throws(DockerProblem) {
    let temporary = path + ".new"
    unsafe unlink(temporary)
    guard let new = Descriptor(opening: temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600),
      new.write(Array(file.text.utf8)), fsync(new.number) == 0,
      file.owner.map({ fchown(new.number, $0, gid_t.max) == 0 }) != false, fchmod(new.number, mode_t(file.mode)) == 0,
      unsafe rename(temporary, path) == 0
    else {
      let reason = unsafe String(cString: strerror(errno))
      unsafe unlink(temporary)
      throw DockerProblem(.other, "cannot write \(path): \(reason)", remedy: "df \(directory)")
    }
  }

  private func makeFolder(_ path: String) throws(DockerProblem) {
    if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      try makeFolder(String(path[..<slash]))
      if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    }
    throw DockerProblem(.other, "cannot make \(path): \(unsafe String(cString: strerror(errno)))", remedy: "ls -ld \(directory)")
  }

  /// Makes the folders that containers write into, and gives them to whom they run as. What another runner made comes along.
  func prepare(_ folders: [ComposeOrder.Folder]) throws(DockerProblem) {
    for folder in folders {
      try makeFolder(folder.path)
      guard let owner = folder.owner, let group = folder.group, !Self.belongs(folder.path, owner) else { continue }
      guard Self.give(folder.path, owner, group, depth: 0) else {
        throw DockerProblem(
          .mount, "\(folder.path) does not belong to the user \(owner), as whom its container runs",
          remedy: "sudo chown -R \(owner):\(group) \(folder.path)")
      }
    }
  }

  private static func belongs(_ path: String, _ owner: UInt32) -> Bool {
    var facts = stat()
    return unsafe stat(path, &facts) == 0 && facts.st_uid == owner
  }

  /// The folder itself last: an interrupted change is found and finished the next time. Links are not followed.
  private static func give(_ path: String, _ owner: UInt32, _ group: UInt32, depth: Int) -> Bool {
    var facts = stat()
    guard depth < 64, unsafe lstat(path, &facts) == 0 else { return false }
    if facts.st_mode & S_IFMT == S_IFDIR {
      for name in SmallFile.names(in: path) where !give("\(path)/\(name)", owner, group, depth: depth + 1) { return false }
    }
    return unsafe lchown(path, owner, group) == 0
  }
}
