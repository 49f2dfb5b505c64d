import Model
import Settings

/// What the addresses that people open begin with.
struct Origin {
  let settings: StackSettings
  let listeners: [Listener]

  /// Without a slash at the end. The tunnel's domain wins: links in mails and in webhooks must work from everywhere.
  var canonical: String {
    if let domain { return "https://\(domain)" }
    guard case .tcp(let host, let port)? = listeners.first?.address else { return "http://localhost" }
    return "\(scheme)://\(Self.reachable(host))\(suffix(port))"
  }

  /// For a service with a host name of its own. Names that only this machine or the local network knows never go through a tunnel.
  func canonical(host: String) -> String {
    let isLocal = host == "localhost" || host.hasSuffix(".localhost") || host.hasSuffix(".local")
    if settings.tunnel.provider != .none, !isLocal { return "https://\(host)" }
    return "\(scheme)://\(host)\(suffix(listeners.first?.address.port ?? 80))"
  }

  func canonical(_ place: ServiceSettings.Place?) -> String {
    switch place {
    case .host(let host)?: canonical(host: host) + "/"
    case .path(let path)?: canonical + path
    case nil: canonical + "/"
    }
  }

  private var domain: String? {
    settings.tunnel.provider == .none ? nil : settings.tunnel.domain
  }

  /// A wildcard address is no place to go to.
  private static func reachable(_ host: String) -> String {
    if host == "0.0.0.0" || host == "::" { return "localhost" }
    return host.contains(":") ? "[\(host)]" : host
  }

  /// Of the first listener: with `local: off` that may be the one that speaks TLS.
  private var scheme: String { listeners.first?.kind == .lan ? "https" : "http" }

  private func suffix(_ port: UInt16) -> String { port == (scheme == "https" ? 443 : 80) ? "" : ":\(port)" }
}
