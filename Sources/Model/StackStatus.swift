/// What the daemon knows of the stack now: what `leanto status`, the front page and `--json` show.
package struct StackStatus: Sendable, Codable {
  package var name: String
  package var version: String
  package var processIdentifier: Int32
  package var directory: String
  package var startedAt: Double
  package var listeners: [ListenerStatus]
  package var services: [ServiceStatus]
  package var model: ModelStatus?
  /// Nil: the settings have none.
  package var tunnel: TunnelStatus?
  /// Problems that the daemon met when the settings were last loaded; it goes on with the earlier ones.
  package var settingsProblems: [String]
  /// What somebody should know and what stops nothing, in sentences: settings that cannot be followed here, records that were lost.
  package var warnings: [String]

  package init(
    name: String, version: String, processIdentifier: Int32, directory: String, startedAt: Double,
    listeners: [ListenerStatus], services: [ServiceStatus], model: ModelStatus?, tunnel: TunnelStatus? = nil,
    settingsProblems: [String], warnings: [String] = []
  ) {
    self.tunnel = tunnel
    self.name = name
    self.version = version
    self.processIdentifier = processIdentifier
    self.directory = directory
    self.startedAt = startedAt
    self.listeners = listeners
    self.services = services
    self.model = model
    self.settingsProblems = settingsProblems
    self.warnings = warnings
  }
}

package struct ListenerStatus: Sendable, Codable {
  package var kind: ListenerKind
  package var address: String

  package init(kind: ListenerKind, address: String) {
    self.kind = kind
    self.address = address
  }
}

package enum ServiceState: String, Sendable, Codable, CaseIterable {
  /// Its dependencies are not healthy yet.
  case waiting
  case starting
  case healthy
  case unhealthy
  /// It ended; the next start is later.
  case backingOff = "backing-off"
  case stopped
  /// It cannot run here: its command is not installed.
  case missing
}

package struct ServiceStatus: Sendable, Codable, Hashable {
  package var name: String
  package var state: ServiceState
  /// As a person would open it: a path on the gateway or a host name. Empty: not routed.
  package var at: String
  package var address: String
  package var processIdentifier: Int32?
  package var restarts: Int
  /// Seconds since 1970 of the last change of state.
  package var since: Double
  /// Why it is in this state, in a sentence; empty when all is well.
  package var message: String
  /// Nil: it runs in none, or there is none now.
  package var container: ContainerStatus?

  package init(
    name: String, state: ServiceState, at: String = "", address: String = "", processIdentifier: Int32? = nil,
    restarts: Int = 0, since: Double, message: String = ""
  ) {
    self.name = name
    self.state = state
    self.at = at
    self.address = address
    self.processIdentifier = processIdentifier
    self.restarts = restarts
    self.since = since
    self.message = message
  }
}

package struct ModelStatus: Sendable, Codable, Hashable {
  package var name: String
  /// `http://host:port` of the server that answers.
  package var server: String
  /// `ollama` or `openai`.
  package var api: String
  package var tokensPerSecond: Double?
  /// What is wrong with it now; nil: nothing that is known.
  package var problem: String?

  package init(name: String, server: String, api: String, tokensPerSecond: Double? = nil) {
    self.name = name
    self.server = server
    self.api = api
    self.tokensPerSecond = tokensPerSecond
  }
}
