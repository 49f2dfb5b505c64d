package import Model

/// What there is to prove, and from where.
package struct VerificationPlan: Sendable {
  /// The gateway's addresses. What is missing is skipped, and the proof says so.
  package var listeners: [ListenerKind: Address]
  /// The name under which the tunnel reaches this stack, if any.
  package var publicHost: String?
  package var routes: [Route]
  /// Services that cannot answer now, each with the reason: their traffic is skipped, their door is tried all the same.
  package var unavailable: [String: String]
  /// A credential of the door, made for this run. It is sent, and never told.
  package var pass: ProbePass
  package var model: ModelChoice?
  /// Per service, a path as a client writes it, at which a websocket sends back what it gets.
  package var echoPaths: [String: String]
  /// A key for the model's gate, made for this run. It is sent, and never told. Nil: there is no gate.
  package var gateKey: String?
  /// Nil: there is none.
  package var tunnel: TunnelStatus?
  /// By service: paths that its preset could open and the settings do not.
  package var closedPaths: [String: [PublicPath]]

  package init(
    listeners: [ListenerKind: Address], publicHost: String? = nil, routes: [Route], unavailable: [String: String] = [:],
    pass: ProbePass, model: ModelChoice? = nil, echoPaths: [String: String] = [:],
    gateKey: String? = nil, tunnel: TunnelStatus? = nil, closedPaths: [String: [PublicPath]] = [:]
  ) {
    self.tunnel = tunnel
    self.listeners = listeners
    self.publicHost = publicHost
    self.routes = routes
    self.unavailable = unavailable
    self.pass = pass
    self.model = model
    self.echoPaths = echoPaths
    self.gateKey = gateKey
    self.closedPaths = closedPaths
  }

  /// Behind the door, answers with JSON: how the gateway understood the request (`WhoAmI`).
  package static let whoAmI = "/leanto/whoami"
  /// Behind the door: takes a prompt as text/plain and streams the model's answer.
  package static let ask = "/leanto/ask"
}

/// The model that the stack uses.
package struct ModelChoice: Sendable, Hashable {
  /// `http://host:port`
  package var server: String
  package var api: ModelServer.API
  package var name: String

  package init(server: String, api: ModelServer.API, name: String) {
    self.server = server
    self.api = api
    self.name = name
  }
}
