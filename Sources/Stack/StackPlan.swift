package import Model
package import Settings

/// All that runs and listens in a stack, as values. Made by pure code from the settings and a few facts;
/// carried out by the daemon.
package struct StackPlan: Sendable, Hashable {
  /// In the settings' order.
  package var services: [NativeService] = []
  package var routes: [Route] = []
  /// By service: paths that its preset could open and the settings do not.
  package var closedPaths: [String: [PublicPath]] = [:]
  package var listeners: [Listener] = []
  /// Nil: the built-in engine has the listeners.
  package var caddy: CaddyPlan?
  /// Event loops of the gateway.
  package var workers = 1
  /// Where a person finds each routed service, by its name.
  package var places: [String: ServicePlace] = [:]
  /// What every link that leaves this machine begins with: `https://domain` with a tunnel, else the local listener's `http://...`.
  package var origin = ""
  /// To be made, mode 0700, before anything starts.
  package var directories: [String] = []
  /// Secrets that the services need. Those without a value make their service `missing` until the daemon has made them.
  package var requiredSecrets: [SecretRequirement] = []
  package var claims: [ClaimPlan] = []
  package var model: ModelPlan?
  package var bridge: ModelBridgePlan?
  /// With `llm.expose: keys`.
  package var gate: GatePlan?
  /// Nil: there is no tunnel, or `leanto tunnel down` closed it. Its agent is one of `services`.
  package var tunnel: TunnelPlan?
  /// Nil: no container.
  package var compose: ComposePlan?
  /// Services that are started here and that nobody may reach before they are ready: they would answer wrongly.
  package var guarded: Set<String> = []
  /// What was asked for and cannot be had as written, a sentence each, beginning with the settings' path.
  package var warnings: [String] = []
  /// Names of the variables of each service whose values must not be shown.
  package var hiddenVariables: [String: Set<String>] = [:]

  package init() {}
}

package struct ServicePlace: Sendable, Hashable {
  /// As a person would open it: a path on the gateway or a host name. What `ServiceStatus.at` holds.
  package var at: String
  /// The whole address, ready to be clicked.
  package var url: String
  /// A path, as the client writes it, that echoes websocket messages; nil: none is known.
  package var echo: String?

  package init(at: String, url: String, echo: String? = nil) {
    self.at = at
    self.url = url
    self.echo = echo
  }
}

package struct ModelPlan: Sendable, Hashable {
  /// `http://host:port`, the first is asked first.
  package var servers: [String]
  package var api: LLMSettings.API
  /// Nil: the first that the server offers.
  package var name: String?

  package init(servers: [String], api: LLMSettings.API, name: String?) {
    self.servers = servers
    self.api = api
    self.name = name
  }
}

/// The model for keys.
package struct GatePlan: Sendable, Hashable {
  package var api: ModelAPI
  package var hosts: [ModelHost]
  package var concurrency: Int
  package var queue: Int
}

extension StackPlan {
  /// The plan for these settings on this machine. Never fails: what cannot be had is in `warnings` or a service of kind `missing`.
  package static func make(
    settings: StackSettings, machine: MachineFacts, directory: StackDirectory, secrets: StackSecrets
  ) -> StackPlan {
    var planner = StackPlanner(settings: settings, machine: machine, directory: directory, secrets: secrets)
    return planner.plan()
  }

  /// Whether any service would run in a container, were there Docker.
  package static func wantsContainers(_ settings: StackSettings) -> Bool { settings.services.contains(where: \.runsInContainer) }

  /// Names of the commands that the plan looks for in `MachineFacts.commands`.
  package static func commands(of settings: StackSettings) -> [String] {
    let all = settings.services.filter { $0.upstream == nil }.compactMap { service in
      service.command.first ?? service.preset.flatMap(PresetCatalog.named)?.command.first
    }
    let engine = settings.gateway.engine == .caddy ? ["caddy", "docker"] : []
    let agent = TunnelAgent.command(of: settings.tunnel.provider).map { [$0] } ?? []
    return Set(all.filter { !$0.contains("/") } + engine + agent).sorted()
  }

  /// The secrets that these settings need, before any of them exists.
  package static func requiredSecrets(of settings: StackSettings, docker: Bool = false) -> [SecretRequirement] {
    settings.services.filter { $0.upstream == nil }.flatMap { service -> [SecretRequirement] in
      guard let preset = service.preset.flatMap(PresetCatalog.named) else { return [] }
      let more = docker && service.runsInContainer ? preset.containerSecrets(service: service.name) : []
      return preset.secrets(service: service.name) + more
    }
  }
}
