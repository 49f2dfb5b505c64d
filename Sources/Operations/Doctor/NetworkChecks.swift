internal import Client
internal import Glibc
package import Model

/// Ports, names, clock, IPv6.
package enum NetworkChecks {
  /// `holders`: who listens at an address already; nil: nobody.
  package static func ports(_ places: [DoctorPlan.Place], holder: (Address) -> (process: Int32?, words: String)?, daemon: Int32?)
    -> [Finding]
  {
    let taken = places.compactMap { place -> Finding? in
      guard let found = holder(place.address), daemon == nil || found.process != daemon else { return nil }
      let port = place.address.portNumber.map { "'sport = :\($0)'" } ?? ""
      return Finding(
        "ports", .problem, "\(place.key) wants \(place.address), and \(found.words)" + proxyWords(found.words) + ".",
        commands: ["sudo ss -ltnp \(port)", "write another address under \(place.key) in leanto.yaml"])
    }
    guard taken.isEmpty else { return taken }
    return [Finding("ports", .ok, daemon == nil ? "The stack's ports are free." : "The stack's daemon has its ports.")]
  }

  private static let proxies = ["nginx", "caddy", "traefik", "haproxy", "apache2", "httpd", "envoy", "docker-proxy"]

  private static func proxyWords(_ words: String) -> String {
    proxies.contains { words.contains(" \($0) ") } ? ": another reverse proxy is in the way" : ""
  }

  /// `processes`: names of all that run, with their identifiers. `own`: those of this stack.
  package static func agents(_ processes: [(name: String, process: Int32)], tunnel: String, own: Set<Int32>) -> Finding {
    let names = ["ngrok": "ngrok", "cloudflare": "cloudflared", "tailscale": "tailscaled"]
    guard let name = names[tunnel] else { return Finding("tunnel-agent", .skipped, "tunnel.provider is none.") }
    // Tailscale's daemon is the machine's, one for all.
    guard tunnel != "tailscale" else {
      return Finding("tunnel-agent", .ok, "Tailscale's daemon is shared by all of this machine.")
    }
    guard let other = processes.first(where: { $0.name == name && !own.contains($0.process) }) else {
      return Finding("tunnel-agent", .ok, "No other \(name) runs on this machine.")
    }
    return Finding(
      "tunnel-agent", .warning, "Another \(name) runs (process \(other.process)): one domain belongs to one agent at a time.",
      commands: ["ps -fp \(other.process)", "kill \(other.process)"])
  }

  /// `offset`: this clock minus another's, in seconds. Nil: there was none to ask.
  package static func clock(offset: Double?, isWSL: Bool) -> Finding {
    guard let offset else { return Finding("clock", .skipped, "No server could be asked for the time.") }
    let words = "This machine's clock is \(Int(abs(offset))) s \(offset > 0 ? "ahead" : "behind")"
    let commands =
      isWSL
      ? ["sudo hwclock -s", "wsl --shutdown (in Windows)"] : ["sudo timedatectl set-ntp true", "timedatectl timesync-status"]
    switch abs(offset) {
    case ..<5: return Finding("clock", .ok, "The clock is right.")
    case ..<30: return Finding("clock", .warning, words + ".", commands: commands)
    default:
      return Finding(
        "clock", .problem, words + ": certificates, sign-ins with a second factor and schedules go wrong.", commands: commands)
    }
  }

  package struct Names: Sendable, Hashable {
    /// Addresses of `localhost`.
    package var localhost: [String]
    /// A name of the world outside that the stack needs; nil: it needs none.
    package var outside: String?
    package var outsideResolves: Bool
    package var servers: [String]

    package init(localhost: [String], outside: String?, outsideResolves: Bool, servers: [String]) {
      (self.localhost, self.outside, self.outsideResolves, self.servers) = (localhost, outside, outsideResolves, servers)
    }
  }

  package static func names(_ names: Names, isWSL: Bool) -> [Finding] {
    var found: [Finding] = []
    let wrong = names.localhost.filter { !$0.hasPrefix("127.") && $0 != "::1" }
    if names.localhost.isEmpty || !wrong.isEmpty {
      let what = names.localhost.isEmpty ? "has no address" : "is \(wrong.joined(separator: ", "))"
      found.append(
        Finding(
          "dns", .problem, "The name localhost \(what): programs of this machine do not find each other.",
          commands: ["echo '127.0.0.1 localhost' | sudo tee -a /etc/hosts"]))
    }
    if let outside = names.outside, !names.outsideResolves {
      let servers = names.servers.isEmpty ? "no name server is set" : "asked \(names.servers.joined(separator: ", "))"
      found.append(
        Finding(
          "dns", .problem, "The name \(outside) has no address here (\(servers)), and the stack needs it.",
          commands: isWSL
            ? ["wsl --shutdown (in Windows)", "echo 'nameserver 1.1.1.1' | sudo tee /etc/resolv.conf"]
            : ["resolvectl status", "getent ahosts \(outside)"]))
    }
    return found.isEmpty ? [Finding("dns", .ok, "Names have addresses.")] : found
  }

  package struct IPv6: Sendable, Hashable {
    /// net.ipv6.conf.all.disable_ipv6, or no IPv6 in the kernel.
    package var isOff: Bool
    package var hasLoopback: Bool
    package var hasDefaultRoute: Bool
    package var hasGlobalAddress: Bool

    package init(isOff: Bool, hasLoopback: Bool, hasDefaultRoute: Bool, hasGlobalAddress: Bool) {
      (self.isOff, self.hasLoopback) = (isOff, hasLoopback)
      (self.hasDefaultRoute, self.hasGlobalAddress) = (hasDefaultRoute, hasGlobalAddress)
    }
  }

  package static func ipv6(_ seen: IPv6, places: [DoctorPlan.Place], localhost: [String]) -> Finding {
    let asked = places.first { if case .tcp(let host, _) = $0.address { host.contains(":") } else { false } }
    if let asked, seen.isOff || (!seen.hasLoopback && asked.address.description.hasPrefix("[::1]")) {
      return Finding(
        "ipv6", .problem, "\(asked.key) is \(asked.address), and this machine has no IPv6.",
        commands: ["write an IPv4 address under \(asked.key) in leanto.yaml", "sudo sysctl net.ipv6.conf.all.disable_ipv6=0"])
    }
    if localhost.contains("::1"), seen.isOff || !seen.hasLoopback {
      return Finding(
        "ipv6", .warning, "localhost is ::1 here too, and there is no IPv6: some programs try it first and wait.",
        commands: ["sudo sed -i 's/^::1.*localhost.*/# &/' /etc/hosts"])
    }
    if seen.hasDefaultRoute, !seen.hasGlobalAddress {
      return Finding(
        "ipv6", .warning, "There is a way out by IPv6 but no address for it: connections to the world outside begin with a wait.",
        commands: ["ip -6 addr show scope global", "sudo sysctl net.ipv6.conf.all.disable_ipv6=1"])
    }
    return Finding("ipv6", .ok, seen.isOff ? "IPv6 is off, and nothing needs it." : "IPv6 is as it should be.")
  }

  /// From the texts of /proc/net/if_inet6 and ipv6_route; nil: the kernel has none. Scope 00 is global, 10 loopback.
  static func ipv6(addresses: String?, routes: String, disabled: String) -> IPv6 {
    let rows = (addresses ?? "").split(separator: "\n").map { $0.split(separator: " ") }.filter { $0.count >= 6 }
    let isOff = addresses == nil || disabled.hasPrefix("1")
    let ways = routes.split(separator: "\n").map { $0.split(separator: " ") }.filter { $0.count >= 10 }
    // Flag 0x200 is a route that refuses: what the kernel has without any way out.
    let isWay = ways.contains {
      $0[0].allSatisfy { $0 == "0" } && $0[1] == "00" && $0[9] != "lo" && (UInt32($0[8], radix: 16) ?? 0) & 0x200 == 0
    }
    return IPv6(
      isOff: isOff, hasLoopback: rows.contains { $0[3] == "10" }, hasDefaultRoute: isWay,
      hasGlobalAddress: rows.contains { $0[3] == "00" })
  }
}

extension Address {
  var portNumber: UInt16? {
    if case .tcp(_, let port) = self { port } else { nil }
  }
}
