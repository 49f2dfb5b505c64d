import Glibc

/// What is on this machine for the tests, and why a test cannot run without it.
enum Lab {
  static let root = String(#filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/"))
  static let binary = environment("LEANTO_BINARY") ?? root + "/build/leanto"
  static let python = root + "/build/test-tools/bin/python"
  static let modelServer = root + "/build/model/serve"
  static let screenshots = root + "/build/screenshots"

  static func program(_ name: String) -> String { "\(root)/Tests/EndToEndTests/Programs/\(name)" }

  static let standIns = root + "/Tests/StandIns"
  /// Scripts/install-caddy puts it here; one of 2.11 in PATH does as well.
  static let caddyFolder = root + "/build/caddy/bin"
  static let hasCaddy = TemporaryFolder.exists(caddyFolder + "/caddy")
  static let hasBinary = TemporaryFolder.exists(binary)
  static let hasApplications = TemporaryFolder.exists(python) && TemporaryFolder.exists(modelServer)
  static let hasBrowser = TemporaryFolder.exists("/usr/bin/chromium")
  static let isRoot = geteuid() == 0

  static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }

  /// Ports that nobody has now. Two calls never give the same one.
  static func freePort() throws -> Int {
    let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(probe) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe bind(probe, generic, length) == 0 && getsockname(probe, generic, &length) == 0
      }
    }
    guard isBound else { throw TestFailure("no port is free") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
