import Glibc

/// Whether standard error is read by systemd's journal (systemd.exec(5), JOURNAL_STREAM): then lines begin with their priority.
enum LiveJournal {
  static var isStandardError: Bool {
    guard let value = unsafe getenv("JOURNAL_STREAM") else { return false }
    var information = stat()
    guard unsafe fstat(STDERR_FILENO, &information) == 0 else { return false }
    return unsafe names(String(cString: value), device: information.st_dev, inode: information.st_ino)
  }

  /// The variable is inherited by programs whose standard error goes elsewhere.
  static func names(_ stream: String, device: UInt, inode: UInt) -> Bool { stream == "\(device):\(inode)" }
}
