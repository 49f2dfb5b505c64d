/// What a test wants of a gateway, in no engine's words.
package struct GatewayPlan: Sendable {
  package struct Service: Sendable {
    package var name: String
    package var port: UInt16
    /// `/app/` or a host name.
    package var at: String
    /// Literal prefixes below `at`.
    package var publicPaths: [String]
    /// False: open on the local listener.
    package var asks: Bool

    package init(name: String, port: UInt16, at: String, publicPaths: [String] = [], asks: Bool = true) {
      self.name = name
      self.port = port
      self.at = at
      self.publicPaths = publicPaths
      self.asks = asks
    }
  }

  package var services: [Service]
  /// Bytes.
  package var headLimit = 64 * 1024
  package var bodyLimit = 200 * 1024 * 1024
  /// Seconds.
  package var headTimeout = 20
  package var idleTimeout = 60
  package var connectTimeout = 10
  package var upstreamTimeout = 60
  package var drainTimeout = 10
  /// Descriptors that the process may have; nil: what this one may.
  package var descriptors: Int?
  /// Leanto's `access.throttle`.
  package var throttle = "off"

  package init(services: [Service] = []) { self.services = services }

  /// Who may enter: admin with the password correct-horse (bcrypt, cost 10).
  static let users = "admin:$2y$10$n3DX0mkc1KwODhd4IU6KQOITjmlkv8yoJ8q63AGw5OkYUN8Po6y5G\n"
}

package struct GatewayPorts: Sendable, Equatable {
  package var local: UInt16
  package var tunnel: UInt16
  package var `internal`: UInt16

  static func free() throws -> GatewayPorts {
    try GatewayPorts(local: WireSocket.freePort(), tunnel: WireSocket.freePort(), internal: WireSocket.freePort())
  }

  var all: [UInt16] { [local, tunnel, `internal`] }
}
