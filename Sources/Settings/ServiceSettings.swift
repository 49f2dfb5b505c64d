package import Model

package struct ServiceSettings: Sendable, Hashable {
  package enum Place: Sendable, Hashable {
    /// Starts and ends with `/`, on the one hostname.
    case path(String)
    /// A host name of its own, lower case.
    case host(String)
  }

  package enum Prefix: String, Sendable, CaseIterable { case strip, keep }
  package enum Authentication: String, Sendable, CaseIterable { case door, none }

  package struct Limits: Sendable, Hashable {
    /// Bytes.
    package var memory: Int?
    package var cpus: Double?

    package init() {}
  }

  package var name: String
  /// `n8n`, `flowise`.
  package var preset: String?
  package var version: String?
  /// Nil: not routed.
  package var at: Place?
  /// Whether a path of `at` is taken off before the service sees it.
  package var prefix = Prefix.strip
  /// Classes of the preset, or literal path prefixes (they start with `/`), relative to `at`.
  package var `public`: [String] = []
  package var authentication = Authentication.door
  /// Something that already runs.
  package var upstream: Address?
  package var command: [String] = []
  package var port: UInt16?
  package var image: String?
  package var volumes: [String] = []
  package var environment: [String: String] = [:]
  /// Paths relative to the stack directory.
  package var data: [String] = []
  package var after: [String] = []
  /// Nil: the preset's, else `tcp` where there is a port or an upstream, else `none`.
  package var health: HealthCheck?
  package var limits = Limits()
  /// A path where the service echoes websocket messages: `leanto verify` tries it.
  package var echo: String?

  package init(name: String) { self.name = name }
}
