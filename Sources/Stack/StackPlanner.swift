import Model
import Settings

/// Builds one plan. Each step adds to it.
struct StackPlanner {
  let settings: StackSettings
  let machine: MachineFacts
  let directory: StackDirectory
  let secrets: StackSecrets
  private(set) var result = StackPlan()
  private var containers: [ContainerSpec] = []

  init(settings: StackSettings, machine: MachineFacts, directory: StackDirectory, secrets: StackSecrets) {
    self.settings = settings
    self.machine = machine
    self.directory = directory
    self.secrets = secrets
  }

  mutating func plan() -> StackPlan {
    planGateway()
    let ports = PortTable(services: settings.services, listeners: result.listeners, docker: machine.docker)
    for service in settings.services { add(service, ports: ports) }
    let routes = RoutePlanner(settings: settings, addresses: addresses)
    (result.routes, result.closedPaths) = (routes.routes(), routes.closedPaths())
    planEngine()
    result.requiredSecrets = StackPlan.requiredSecrets(of: settings, docker: machine.docker != nil)
    planModel()
    planGate()
    planContainers()
    planTunnel()
    return result
  }

  private var addresses: [String: Address] {
    Dictionary(
      result.services.compactMap { service in service.address.map { (service.name, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  private mutating func planGateway() {
    let network = runsContainers ? machine.docker?.choices : nil
    result.listeners = ListenerPlanner(settings: settings.gateway, stackNetwork: network).listeners()
    result.workers = settings.gateway.workers ?? machine.cores
    result.origin = Origin(settings: settings, listeners: result.listeners).canonical
    result.directories = [directory.secrets, directory.run, directory.logs]
  }

  private mutating func planEngine() {
    guard settings.gateway.engine == .caddy else { return }
    // The containers' listener stays the built-in engine's: it is opened before their network is made, and asks who comes.
    let caddy = CaddyPlan(
      listeners: result.listeners.filter(\.isForCaddy), limits: settings.gateway.limits,
      timeouts: settings.gateway.timeouts, routes: result.routes)
    result.caddy = caddy
    let container = machine.docker.map { CaddyContainer(stack: settings.name, user: $0.person) }
    result.services.append(caddy.service(commands: machine.commands, container: container, directory: directory))
  }

  private mutating func add(_ service: ServiceSettings, ports: PortTable) {
    let planner = ServicePlanner(
      service: service, stack: settings, machine: machine, directory: directory, secrets: secrets,
      origin: Origin(settings: settings, listeners: result.listeners), ports: ports)
    let planned = planner.plan()
    result.services.append(planned.service)
    containers += planned.containers
    result.directories += planned.directories.filter { !result.directories.contains($0) }
    result.warnings += planned.warnings
    result.hiddenVariables[service.name] = planned.hiddenVariables
    result.places[service.name] = planned.place
    if let claim = planned.claim { result.claims.append(claim) }
    if planned.isGuarded { result.guarded.insert(service.name) }
  }

  /// Without a server that is known, the gate stands before the place where Ollama usually is.
  private mutating func planGate() {
    guard settings.llm.expose == .keys else { return }
    let api: ModelAPI = settings.llm.api == .ollama ? .ollama : .openai
    let servers = result.model?.servers ?? (api == .ollama ? ["http://127.0.0.1:11434"] : [])
    let hosts = servers.compactMap { server in
      Address(server.drop { $0 != "/" }.drop { $0 == "/" }).map { ModelHost(address: $0, api: api) }
    }
    result.gate = GatePlan(api: api, hosts: hosts, concurrency: settings.llm.concurrency, queue: settings.llm.queue)
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

  private var runsContainers: Bool { machine.docker != nil && settings.services.contains(where: \.runsInContainer) }

  private mutating func planContainers() {
    guard let docker = machine.docker, !containers.isEmpty else { return }
    // What stands beside a service is watched as a service of its own.
    result.services += containers.filter { $0.name != $0.service }.map { beside in
      NativeService(name: beside.name, kind: .container(image: beside.image), address: nil, health: .none)
    }
    let names = Set(containers.map(\.name))
    let healthy = Set(containers.filter { $0.health != nil }.map(\.name))
    for index in containers.indices {
      let after = containers[index].after.filter { names.contains($0.key) }
      containers[index].after = Dictionary(uniqueKeysWithValues: after.map { ($0.key, $0.value && healthy.contains($0.key)) })
    }
    var plan = ComposePlan(
      project: "leanto-\(settings.name)", containers: containers, network: docker.choices.network, lock: docker.lock)
    plan.secrets = Dictionary(
      uniqueKeysWithValues: containers.flatMap(\.secretFiles).map { ($0.name, secrets[$0.name] ?? "") })
    plan.secretOwner = docker.owner.changesOwner ? docker.owner.user : nil
    plan.hasStartInterval = docker.hasStartInterval
    if settings.gateway.internal == .auto {
      let usual = settings.llm.addresses.isEmpty && settings.llm.api == .ollama ? "http://127.0.0.1:11434" : nil
      result.bridge = .make(
        // Ollama may be started later.
        settings.llm.bridge, server: result.model?.servers.first ?? usual, isWide: machine.isOllamaWide,
        network: docker.choices.network)
    }
    plan.reachesMachineByNetwork = result.bridge != nil
    result.compose = plan
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
        ? "llm.address: "
          + (machine.ollamaProblem
            ?? "no Ollama answers on this machine. Start it with `ollama serve`, or write the address of a model server.")
        : "llm.address: `auto` finds only an Ollama; write the address of the model server.")
  }
}
