import Model
import Settings

/// Builds one plan. Each step adds to it.
struct StackPlanner {
  let settings: StackSettings
  let machine: MachineFacts
  let directory: StackDirectory
  let secrets: StackSecrets
  private(set) var result = StackPlan()

  init(settings: StackSettings, machine: MachineFacts, directory: StackDirectory, secrets: StackSecrets) {
    self.settings = settings
    self.machine = machine
    self.directory = directory
    self.secrets = secrets
  }

  mutating func plan() -> StackPlan {
    planGateway()
    let ports = PortTable(services: settings.services, listeners: result.listeners)
    for service in settings.services { add(service, ports: ports) }
    result.routes = RoutePlanner(settings: settings, addresses: addresses).routes()
    result.requiredSecrets = StackPlan.requiredSecrets(of: settings)
    planModel()
    planTunnel()
    return result
  }

  private var addresses: [String: Address] {
    Dictionary(
      result.services.compactMap { service in service.address.map { (service.name, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  private mutating func planGateway() {
    result.listeners = ListenerPlanner(settings: settings.gateway).listeners()
    result.workers = settings.gateway.workers ?? machine.cores
    result.origin = Origin(settings: settings, listeners: result.listeners).canonical
    result.directories = [directory.secrets, directory.run, directory.logs]
    if settings.gateway.lan != nil {
      result.warnings.append("gateway.lan: this version does not serve the local network yet; nothing listens there.")
    }
  }

  private mutating func add(_ service: ServiceSettings, ports: PortTable) {
    let planner = ServicePlanner(
      service: service, stack: settings, machine: machine, directory: directory, secrets: secrets,
      origin: Origin(settings: settings, listeners: result.listeners), ports: ports)
    let planned = planner.plan()
    result.services.append(planned.service)
    result.directories += planned.directories.filter { !result.directories.contains($0) }
    result.warnings += planned.warnings
    result.hiddenVariables[service.name] = planned.hiddenVariables
    result.places[service.name] = planned.place
    if let claim = planned.claim { result.claims.append(claim) }
  }

  private mutating func planTunnel() {
    guard !machine.isTunnelClosed else { return }
    result.tunnel = TunnelPlan.make(
      settings: settings, listeners: result.listeners, machine: machine, directory: directory, secrets: secrets)
    if let tunnel = result.tunnel {
      result.services.append(tunnel.agent)
      result.hiddenVariables[TunnelPlan.service] = ["NGROK_AUTHTOKEN", "TUNNEL_TOKEN"]
    }
  }

  /// `auto` takes an Ollama that answers on this machine. Any other server is written down in the settings.
  private mutating func planModel() {
    var servers = settings.llm.addresses
    if servers.isEmpty, settings.llm.api == .ollama, let found = machine.ollama { servers = [found] }
    guard servers.isEmpty else {
      result.model = ModelPlan(servers: servers, api: settings.llm.api, name: settings.llm.models.first)
      return
    }
    result.warnings.append(
      settings.llm.api == .ollama
        ? "llm.address: no Ollama answers on this machine. Start it with `ollama serve`, or write the address of a model server."
        : "llm.address: `auto` finds only an Ollama; write the address of the model server.")
  }
}
