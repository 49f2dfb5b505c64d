/// What this host says of itself. Gathered once; everything that follows from it is pure.
package struct HostFacts: Sendable, Hashable {
  /// /proc/version.
  package var kernel = ""
  /// /proc/net/route.
  package var routes = ""
  /// Names of the network interfaces.
  package var interfaces: [String] = []
  /// What `wslinfo --networking-mode` says; nil: there is no such command.
  package var networkingMode: String?
  /// Whether this process is in a container (/.dockerenv or /run/.containerenv).
  package var isContainer = false
  /// OLLAMA_HOST of our own environment.
  package var ollamaHost: String?
  /// Whether an `ollama` is in PATH.
  package var hasOllama = false
  /// Whether systemd runs this machine and knows ollama.service.
  package var hasOllamaUnit = false
  /// Whether an Ollama answers at the loopback of Windows, asked by Windows' own curl; nil: it could not be asked.
  package var answersOnWindows: Bool?
  /// The same at the address that WSL has for Windows: there no firewall stands between.
  package var answersOnWindowsAddress: Bool?
  /// Addresses at which something listens on Ollama's port, as in /proc/net/tcp: `127.0.0.1`, `0.0.0.0`, `::`.
  package var listening: [String] = []
  /// Addresses beside us that nobody has (/proc/net/arp without an answer).
  package var absentNeighbours: [String] = []

  package init() {}
}

package enum HostKind: Sendable, Hashable {
  package enum Networking: String, Sendable, Hashable {
    /// Windows is the default gateway; its firewall stands between.
    case nat
    /// 127.0.0.1 is shared with Windows.
    case mirrored
    /// virtioproxy and others, which need no address of their own either.
    case other
  }

  case linux
  /// The first version, which has no network of its own.
  case wsl1
  case wsl(Networking)
}

extension HostFacts {
  package var kind: HostKind {
    let name = kernel.lowercased()
    guard name.contains("microsoft") else { return .linux }
    guard name.contains("wsl2") || name.contains("microsoft-standard") else { return .wsl1 }
    switch networkingMode {
    case "nat": return .wsl(.nat)
    case "mirrored": return .wsl(.mirrored)
    case .some(let mode) where !mode.isEmpty: return .wsl(.other)
    // Before wslinfo there was this interface, in mirrored mode alone.
    default: return interfaces.contains("loopback0") ? .wsl(.mirrored) : .wsl(.nat)
    }
  }

  /// The address of the default route, if it has one.
  package var defaultGateway: String? { RouteTable(routes).defaultGateway }
}

/// /proc/net/route: one line a route, addresses as hexadecimal numbers in the machine's own order of bytes (proc_net(5)).
package struct RouteTable: Sendable, Hashable {
  package struct Entry: Sendable, Hashable {
    package var interface: String
    package var destination: UInt32
    package var gateway: UInt32
    package var mask: UInt32
    package var metric: Int
  }

  package var entries: [Entry]

  package init(_ text: String) {
    entries = text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(whereSeparator: \.isWhitespace)
      guard fields.count >= 8, let destination = Self.number(fields[1]), let gateway = Self.number(fields[2]),
        let mask = Self.number(fields[7])
      else { return nil }
      return Entry(
        interface: String(fields[0]), destination: destination, gateway: gateway, mask: mask, metric: Int(fields[6]) ?? 0)
    }
  }

  private static func number(_ text: Substring) -> UInt32? {
    UInt32(text, radix: 16).map { UInt32(littleEndian: $0).byteSwapped }
  }

  /// Of the default route with the lowest metric.
  package var defaultGateway: String? {
    entries.filter { $0.destination == 0 && $0.mask == 0 && $0.gateway != 0 }.min { $0.metric < $1.metric }
      .map { Self.text($0.gateway) }
  }

  /// `172.28.0.0/20`: the network of an interface that an address is in.
  package func network(of address: String) -> String? {
    guard let number = Self.address(address) else { return nil }
    let found = entries.filter { $0.mask != 0 && number & $0.mask == $0.destination }.max { $0.mask < $1.mask }
    return found.map { Self.text($0.destination) + "/\($0.mask.nonzeroBitCount)" }
  }

  /// The interface that leads to an address without a gateway.
  package func interface(to address: String) -> String? {
    guard let number = Self.address(address) else { return nil }
    return entries.filter { $0.mask != 0 && number & $0.mask == $0.destination }.max { $0.mask < $1.mask }?.interface
  }

  static func address(_ text: String) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard parts.count == 4, !parts.contains(nil) else { return nil }
    return parts.reduce(0) { $0 << 8 | UInt32($1 ?? 0) }
  }

  private static func text(_ number: UInt32) -> String {
    [24, 16, 8, 0].map { String(number >> $0 & 255) }.joined(separator: ".")
  }
}
