import Model
package import Settings

/// Names that the certificate of `gateway.lan` has to be for, so that browsers take it wherever somebody opens the stack.
package enum CertificateNames {
  /// `host`: what this machine calls itself. `addresses`: its addresses, numeric, without loopback; they count only where the
  /// listener takes every address.
  package static func of(_ settings: StackSettings, host: String, addresses: [String]) -> [String] {
    var names: [String] = []
    if case .tcp(let address, _)? = settings.gateway.lan {
      names += address == "0.0.0.0" || address == "::" ? addresses.filter { !$0.contains(":") || address == "::" } : [address]
    }
    names += hostNames(host.lowercased())
    for service in settings.services {
      if case .host(let name)? = service.at { names.append(name.lowercased()) }
    }
    names += ["localhost", "*.localhost", "127.0.0.1", "::1"]
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  /// A bare name is found as it is by some routers, and as `name.local` by multicast DNS.
  private static func hostNames(_ host: String) -> [String] {
    let isName =
      !host.isEmpty && host.utf8.count <= 253
      && host.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 }
    guard isName, host != "localhost" else { return [] }
    return host.contains(".") ? [host] : [host, host + ".local"]
  }
}
