import Glibc

func ownProcess() -> Int32 { getpid() }

/// The permission bits of a path, such as 0o600.
func mode(of path: String) -> UInt32 {
  var status = stat()
  return unsafe stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
}
