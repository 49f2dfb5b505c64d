import Glibc

func makeFolder(_ path: String) { unsafe mkdir(path, 0o700) }

/// Removes what a test of sockets leaves: one folder, or one within one.
func removeFolder(_ path: String) {
  unsafe unlink(path + "/s")
  unsafe rmdir(path)
  if path.utf8.count > 108, let slash = path.lastIndex(of: "/") {
    unsafe unlink(shortcut(path))
    unsafe rmdir(String(path[..<slash]))
  }
}

/// A short name for a folder whose path is too long to listen below.
func shortcut(_ path: String) -> String {
  guard path.utf8.count > 100, let slash = path.lastIndex(of: "/") else { return path }
  let link = path[..<slash] + "/l"
  unsafe symlink(path, String(link))
  return String(link)
}
