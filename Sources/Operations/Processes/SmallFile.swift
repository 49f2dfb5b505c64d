internal import Glibc

/// Reads what the kernel tells in small files, and folders, without Foundation.
enum SmallFile {
  /// The whole file, at most `limit` bytes. Nil: it is not there, or not for us.
  static func read(_ path: String, limit: Int = 1 << 20) -> [UInt8]? {
    guard let file = Descriptor(opening: path, O_RDONLY) else { return nil }
    var bytes: [UInt8] = []
    while bytes.count < limit {
      guard let piece = file.read(upTo: 65536) else { return nil }
      if piece.isEmpty { break }
      bytes += piece
    }
    return bytes
  }

  static func text(_ path: String) -> String? {
    read(path).map { String(decoding: $0, as: UTF8.self) }
  }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// The names in a folder, without `.` and `..`; empty where it cannot be read.
  static func names(in folder: String) -> [String] {
    guard let directory = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Tells one file from another, by whatever path. Nil: it is not there.
  static func identity(_ path: String) -> [UInt64]? {
    var facts = stat()
    return unsafe stat(path, &facts) == 0 ? [UInt64(facts.st_dev), UInt64(facts.st_ino)] : nil
  }

  static func target(ofLink path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink(path, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }
}
