package import Model

package struct GatewaySettings: Sendable, Hashable {
  package var engine = EngineChoice.auto
  /// Nil: off.
  package var local: Address? = .tcp(host: "127.0.0.1", port: 8080)
  package var tunnel: Address? = .tcp(host: "127.0.0.1", port: 8081)
  package var `internal` = InternalListener.auto
  package var lan: Address?
  package var certificate = CertificateChoice.internal
  /// Event loops. Nil: one a core.
  package var workers: Int?
  package var limits = GatewayLimits()
  package var timeouts = GatewayTimeouts()
  /// Networks in CIDR form, whose X-Forwarded-For is believed on `local` and `lan`.
  package var trustedProxies: [String] = []

  package init() {}
}

package enum InternalListener: Sendable, Hashable {
  /// The stack's own container network; with native services a loopback port.
  case auto
  case off
  case address(Address)
}

package enum CertificateChoice: Sendable, Hashable {
  case `internal`
  case files(chain: String, key: String)
}

/// Bytes and counts.
package struct GatewayLimits: Sendable, Hashable {
  package var head = 64 * 1024
  package var body = 200 * 1024 * 1024
  package var connections = 12_000
  /// Nil: off.
  package var connectionsPerAddress: Int?

  package init() {}
}

/// Seconds.
package struct GatewayTimeouts: Sendable, Hashable {
  package var head = 10.0
  package var idle = 75.0
  package var connect = 5.0
  package var upstream = 300.0
  package var streamIdle = 600.0
  package var drain = 30.0

  package init() {}
}
