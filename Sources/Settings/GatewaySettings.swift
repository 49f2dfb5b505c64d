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

extension GatewaySettings: SettingsSection {
  mutating func read(_ section: Section) {
    section.take("engine", into: &engine, .choice)
    section.take("local", into: &local, .orNil(.listener()))
    section.take("tunnel", into: &tunnel, .orNil(.listener()))
    section.take("internal", into: &`internal`, .internalListener)
    section.take("lan", into: &lan, .orNil(.listener("192.168.1.10:8443")))
    section.take("certificate", into: &certificate, .certificate)
    section.take("workers", into: &workers, .orNil(.count(1...256), "auto"))
    section.take("limits", into: &limits, .section)
    section.take("timeouts", into: &timeouts, .section)
    section.take("trusted-proxies", into: &trustedProxies, .list(.network, of: "networks such as 10.0.0.0/8"))
  }
}

extension GatewayLimits: SettingsSection {
  mutating func read(_ section: Section) {
    // The scanner of heads counts in 16 bits.
    section.take("head", into: &head, .size(1024...(64 * 1024)))
    section.take("body", into: &body, .size(1024...(1 << 40)))
    section.take("connections", into: &connections, .count(1...1_000_000))
    section.take("connections-per-address", into: &connectionsPerAddress, .orNil(.count(1...1_000_000)))
  }
}

extension GatewayTimeouts: SettingsSection {
  mutating func read(_ section: Section) {
    section.take("head", into: &head, .duration())
    section.take("idle", into: &idle, .duration())
    section.take("connect", into: &connect, .duration())
    section.take("upstream", into: &upstream, .duration())
    section.take("stream-idle", into: &streamIdle, .duration())
    section.take("drain", into: &drain, .duration())
  }
}

extension Form where Value == InternalListener {
  fileprivate static var internalListener: Form {
    Form<Address>.listener().map { .address($0) }.or("off", .off).or("auto", .auto)
  }
}

extension Form where Value == CertificateChoice {
  fileprivate static var certificate: Form {
    Form(expectation: "{ chain: file, key: file }") { cursor, expectation in
      cursor.reading(expectation) { section in
        var (chain, key): (String?, String?)
        section.take("chain", into: &chain, .text("the path of a PEM file"))
        section.take("key", into: &key, .text("the path of a PEM file"))
        if let chain, let key { return .files(chain: chain, key: key) }
        if !section.has("chain") || !section.has("key") { cursor.problem("should be \(expectation), with both") }
        return nil
      }
    }.or("internal", .internal)
  }
}
