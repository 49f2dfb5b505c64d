/// What the verbs and the daemon say to each other over the control socket (`run/control.sock` in the stack directory), as JSON
/// over HTTP/1.1:
///
///     GET  /status        -> StackStatus
///     POST /reload        -> ReloadReport     loads the settings again and applies what changed
///     POST /restart?NAME  -> RestartReport    one service, or all without a name
///     GET  /lockouts      -> [Lockout]        whom the throttle keeps out
///     POST /unlock        -> UnlockReport     the body: an address or a user's name; empty: all
///     POST /tunnel        -> TunnelReport     the body: open or closed
///     POST /stop          -> 202, then drains and ends
///     GET  /plan          -> PlanReport       what a reload would change; changes nothing
///     POST /verification  -> VerificationBrief  what `leanto verify` tries, with a credential that lives in memory for 60 seconds
package enum ControlPath {
  package static let status = "/status"
  package static let reload = "/reload"
  package static let plan = "/plan"
  package static let restart = "/restart"
  package static let stop = "/stop"
  package static let lockouts = "/lockouts"
  package static let unlock = "/unlock"
  package static let verification = "/verification"
  package static let tunnel = "/tunnel"
}

package struct ReloadReport: Sendable, Codable {
  /// Lines for people: what was changed. Empty: nothing to do.
  package var changes: [String]
  /// Problems of the settings file; nothing was changed when there are any.
  package var problems: [String]

  package init(changes: [String], problems: [String]) {
    self.changes = changes
    self.problems = problems
  }
}

package struct RestartReport: Sendable, Codable {
  package var restarted: [String]
  /// Set when no service has that name.
  package var problem: String?

  package init(restarted: [String], problem: String? = nil) {
    self.restarted = restarted
    self.problem = problem
  }
}

package struct ProbePass: Sendable, Codable {
  package var user: String
  package var password: String

  /// What the door tells of whoever signs in with a pass: the same for all of them.
  package static let shownName = "leanto-verify"

  package init(user: String, password: String) {
    self.user = user
    self.password = password
  }
}

/// What there is to prove, as the daemon knows it.
package struct VerificationBrief: Sendable, Codable {
  package var listeners: [ListenerStatus]
  package var publicHost: String?
  package var routes: [Route]
  /// Services that cannot answer now, each with the reason.
  package var unavailable: [String: String]
  package var pass: ProbePass
  package var model: ModelStatus?
  /// Per service, a path as a client writes it, at which a websocket sends back what it gets.
  package var echoPaths: [String: String]
  /// A key for the model's gate, made for this run as the pass is. Nil: there is no gate.
  package var gateKey: String?
  /// Nil: there is none.
  package var tunnel: TunnelStatus?
  /// By service: paths that its preset could open and the settings do not.
  package var closedPaths: [String: [PublicPath]]

  package init(
    listeners: [ListenerStatus], publicHost: String?, routes: [Route], unavailable: [String: String], pass: ProbePass,
    model: ModelStatus?, echoPaths: [String: String], gateKey: String? = nil, tunnel: TunnelStatus? = nil,
    closedPaths: [String: [PublicPath]] = [:]
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
}

/// Somebody whom the throttle keeps out, or a user whom it protects.
package struct Lockout: Sendable, Codable, Hashable {
  /// An IPv4 address or an IPv6 network; nil: no single one, many guess at this user.
  package var address: String?
  /// For whom the last wrong password was. Nil: for no user that there is.
  package var user: String?
  /// Until the ban ends; 0 without an address.
  package var seconds: Int

  package init(address: String?, user: String?, seconds: Int) {
    self.address = address
    self.user = user
    self.seconds = seconds
  }
}

package struct UnlockReport: Sendable, Codable {
  /// Addresses that were banned until now.
  package var unlocked: [String]

  package init(unlocked: [String]) { self.unlocked = unlocked }
}

/// The tunnel after it was opened or closed. No status: the settings have no tunnel.
package struct TunnelReport: Sendable, Codable {
  package var status: TunnelStatus?
  package var problems: [String]

  package init(status: TunnelStatus?, problems: [String] = []) {
    self.status = status
    self.problems = problems
  }
}
