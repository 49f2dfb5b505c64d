import Glibc
import TestSupport

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

  /// Ports that nobody has now. Below the range that outgoing connections and the system's own choices take theirs from.
  static func freePort() throws -> Int { Int(try WireSocket.freePort()) }
}
