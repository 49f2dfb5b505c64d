import Glibc

/// What runs on this machine, as /proc says.
enum Processes {
  struct Process: Sendable {
    var identifier: pid_t
    var commandLine: String
  }

  static func all() -> [Process] {
    guard let folder = unsafe opendir("/proc") else { return [] }
    defer { unsafe closedir(folder) }
    var found: [Process] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      guard let identifier = pid_t(name) else { continue }
      let line = TemporaryFolder.text(of: "/proc/\(identifier)/cmdline").map { $0 == "\0" ? " " : $0 }
      if !line.isEmpty { found.append(Process(identifier: identifier, commandLine: String(line))) }
    }
    return found
  }

  /// Those whose command line, working directory or environment holds `text`: a service's environment and directory are of its
  /// stack, so none can hide.
  static func mentioning(_ text: String) -> [Process] {
    all().filter { process in
      process.identifier != getpid()
        && (process.commandLine.contains(text) || TemporaryFolder.text(of: "/proc/\(process.identifier)/environ").contains(text)
          || workingDirectory(of: process.identifier).hasPrefix(text))
    }
  }

  static func kill(_ identifier: pid_t) { Glibc.kill(identifier, SIGKILL) }

  static func isRunning(_ identifier: pid_t) -> Bool {
    let state = TemporaryFolder.text(of: "/proc/\(identifier)/stat").split(separator: ")").last?.first { $0 != " " }
    return state != nil && state != "Z"
  }

  private static func workingDirectory(of identifier: pid_t) -> String {
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/\(identifier)/cwd", &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
  }
}
