import Model
import Operations
import Settings
import Stack

/// From a stack's settings to what the doctor has to know of it.
struct DoctorPlanner {
  /// What a service is thought to need where the settings do not limit it: n8n and Flowise idle at some 300 MB and work with more.
  private static let usualMemory = 512 << 20

  let stack: StackDirectory
  let settings: StackSettings
  let environment: CommandEnvironment
  /// What the daemon says, while it runs.
  let status: StackStatus?

  func plan() -> DoctorPlan {
    var plan = DoctorPlan(directory: stack)
    plan.listeners = listeners
    plan.internalPort = status?.listeners.first { $0.kind == .internal }.flatMap { Address($0.address)?.tcpPort }
    plan.daemon = environment.files.lockHolder(stack.daemonLock)
    plan.containers = containers
    plan.memory = own.reduce(0) { $0 + ($1.limits.memory ?? Self.usualMemory) }
    plan.dataFolders = own.flatMap { service in
      ([stack.data(service: service.name)] + service.data.map { $0.hasPrefix("/") ? $0 : stack.path + "/" + $0 })
    }.filter { environment.files.facts($0) != nil }
    plan.keys = keys
    addCertificate(&plan)
    (plan.tunnel, plan.domain) = (settings.tunnel.provider.rawValue, settings.tunnel.domain)
    plan.modelAddresses = settings.llm.addresses
    plan.modelAPI = ModelServer.API(settings.llm.api)
    plan.models = settings.llm.models
    return plan
  }

  /// Those that Leanto runs.
  private var own: [ServiceSettings] { settings.services.filter { $0.upstream == nil } }

  private var containers: DoctorPlan.Containers {
    switch settings.runner {
    case .native: .never
    case .compose: .always
    case .auto: own.contains { $0.preset != nil || $0.image != nil } ? .wherePossible : .never
    }
  }

  private var listeners: [DoctorPlan.Place] {
    var places: [(String, Address?)] = [
      ("gateway.local", settings.gateway.local), ("gateway.tunnel", settings.gateway.tunnel),
      ("gateway.lan", settings.gateway.lan),
    ]
    if case .address(let address) = settings.gateway.internal { places.append(("gateway.internal", address)) }
    // Where the stack listens already, nobody is in its way, whoever holds the port for it: Caddy, or Docker.
    let held = status?.listeners.map(\.address) ?? []
    return places.compactMap { key, address in
      address.flatMap { held.contains($0.description) ? nil : DoctorPlan.Place(key: key, address: $0) }
    }
  }

  private var keys: [DoctorPlan.Key] {
    own.flatMap { service -> [DoctorPlan.Key] in
      var alone = settings
      alone.services = [service]
      return StackPlan.requiredSecrets(of: alone).filter { $0.name.hasSuffix("-encryption-key") }.map { secret in
        DoctorPlan.Key(service: service.name, secret: secret.name, data: stack.data(service: service.name))
      }
    }
  }

  /// Files that cannot be read are `leanto check`'s to tell.
  private func addCertificate(_ plan: inout DoctorPlan) {
    guard settings.gateway.lan != nil, let shown = try? environment.certificates.show(stack, settings) else { return }
    plan.certificateEnds = shown.validUntil
    plan.certificateIsUsers = shown.isUsers
  }
}

extension Address {
  fileprivate var tcpPort: UInt16? {
    if case .tcp(_, let port) = self { port } else { nil }
  }
}
