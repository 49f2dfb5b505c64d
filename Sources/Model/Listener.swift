/// The doors into the gateway. What each trusts and asks for: ARCHITECTURE.md, "Listeners".
package enum ListenerKind: String, Sendable, Hashable, CaseIterable, Codable {
  /// This machine, by loopback.
  case local
  /// The local network, only where the settings name an address.
  case lan
  /// The tunnel's agent. Always asks for credentials outside public paths.
  case tunnel
  /// The stack's own services. Asks for none; never published.
  case `internal`
  /// The verbs of this binary, over a socket in the stack directory.
  case control
  /// Another engine, Caddy, over a socket in the stack directory: it asks about each request that it has.
  case engine
}

/// One address that the gateway listens at, and as what.
package struct Listener: Sendable, Hashable {
  package var kind: ListenerKind
  package var address: Address
  /// A network in CIDR form whose members alone are let in. The address may be one that this machine has only later, when the
  /// container network is made. Nil: everybody who reaches the address.
  package var network: String?

  package init(kind: ListenerKind, address: Address, network: String? = nil) {
    self.kind = kind
    self.address = address
    self.network = network
  }

  /// Whether Caddy has it where Caddy is the engine. TLS of the local network and the containers' network stay Leanto's own.
  package var isForCaddy: Bool { kind != .lan && network == nil }
}
