internal import Glibc

/// Another machine: a network namespace, joined to this one by a pair of interfaces. Needs root and iproute2.
package final class NetworkNamespace: Sendable {
  package let name: String
  /// This machine's address there, and the other machine's.
  package let here: String
  package let there: String
  private let near: String

  package static let canRun = geteuid() == 0 && tool("ip") != nil && tool("iptables") != nil && tryOnce()
  package static let reason = "needs root, iproute2 and iptables, and a kernel that lets them make namespaces"

  /// `number` (0...60) chooses the addresses; two at a time need two numbers.
  package init(number: Int) throws {
    name = "leanto-test-\(getpid())-\(number)"
    here = "10.251.\(number).1"
    there = "10.251.\(number).2"
    near = "lt\(number)a\(getpid() % 10000)"
    let far = "lt\(number)b\(getpid() % 10000)"
    try Self.run(["ip", "netns", "add", name])
    try Self.run(["ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", name])
    try Self.run(["ip", "addr", "add", "\(here)/30", "dev", near])
    try Self.run(["ip", "link", "set", near, "up"])
    try Self.run(["ip", "-n", name, "addr", "add", "\(there)/30", "dev", far])
    try Self.run(["ip", "-n", name, "link", "set", far, "up"])
    try Self.run(["ip", "-n", name, "link", "set", "lo", "up"])
  }

  deinit {
    // A namespace lives on for a moment, and its interfaces with it.
    try? Self.run(["ip", "link", "del", near])
    try? Self.run(["ip", "netns", "del", name])
  }

  /// To be put before a command that is to run there.
  package var prefix: [String] { [Self.tool("ip") ?? "ip", "netns", "exec", name] }

  /// Runs a command there to its end.
  package func run(_ command: String...) throws { try Self.run(["ip", "netns", "exec", name] + command) }

  private static func tool(_ name: String) -> String? {
    ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/bin"].map { "\($0)/\(name)" }.first { unsafe access($0, X_OK) == 0 }
  }

  private static func tryOnce() -> Bool {
    let name = "leanto-try-\(getpid())"
    guard (try? run(["ip", "netns", "add", name])) != nil else { return false }
    defer { try? run(["ip", "netns", "del", name]) }
    return (try? run(["ip", "netns", "exec", name, "iptables", "-S"])) != nil
  }

  static func run(_ command: [String]) throws {
    let folder = try ScratchFolder("netns")
    let program = tool(command[0]) ?? command[0]
    let process = try EngineProcess([program] + command.dropFirst(), folder: try folder.folder("run"))
    guard process.exitStatus(.seconds(20)) == 0 else {
      throw WireError.malformed("\(command.joined(separator: " ")): \(process.output)")
    }
    process.remove()
  }
}

/// A route of this machine, gone with its last owner.
package final class NetworkRoute: Sendable {
  private let network: String

  package init(_ network: String, via gateway: String) throws {
    self.network = network
    try NetworkNamespace.run(["ip", "route", "add", network, "via", gateway])
  }

  deinit { try? NetworkNamespace.run(["ip", "route", "del", network]) }
}

package enum ProcessIdentifier {
  package static var own: Int32 { getpid() }
}
