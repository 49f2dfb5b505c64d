import Model

/// What must hold between the places that the gateway listens at, and between them and the services.
struct ListenerChecks {
  let settings: StackSettings
  let reader: SettingsReader

  private var listeners: [(path: String, address: Address)] {
    let gateway = settings.gateway
    let named: [(String, Address?)] = [
      ("local", gateway.local), ("tunnel", gateway.tunnel), ("internal", gateway.internal.address), ("lan", gateway.lan),
    ]
    return named.compactMap { name, address in address.map { ("gateway.\(name)", $0) } }
  }

  private let listenerPaths = ["gateway.local", "gateway.tunnel", "gateway.internal", "gateway.lan"]

  func run() {
    checkReach()
    checkDoors()
    checkClashes()
    checkPorts()
    checkCircles()
  }

  /// Nothing is reached from further away than its name says.
  private func checkReach() {
    for (path, address) in listeners {
      guard case .tcp(let host, _) = address, let network = NetworkAddress(host == "localhost" ? "127.0.0.1" : host) else {
        if path == "gateway.lan" { reader.compare(path, "should be an address of this machine on the network, not a socket") }
        continue
      }
      switch path {
      case "gateway.internal" where !network.isPrivate:
        reader.compare(path, "should be a private address of the stack's own network: it asks for no credentials")
      case "gateway.tunnel" where !network.isLoopback:
        reader.compare(path, "should be a loopback address or unix:path: only the tunnel's agent may reach it")
      case "gateway.local" where !network.isLoopback:
        reader.compare(path, "should be a loopback address or unix:path; other machines are let in by gateway.lan")
      case "gateway.lan" where network.isLoopback:
        reader.compare(path, "should be an address of this machine on the network; loopback is for gateway.local")
      default: break
      }
    }
  }

  private func checkDoors() {
    let gateway = settings.gateway
    if gateway.local == nil, gateway.tunnel == nil, gateway.lan == nil {
      reader.compare("gateway", with: listenerPaths, "needs at least one of local, tunnel and lan: nobody could enter")
    }
    if settings.tunnel.provider != .none, gateway.tunnel == nil {
      reader.compare(
        "gateway.tunnel", with: ["tunnel.provider"], "is needed by tunnel.provider: write an address such as 127.0.0.1:8081")
    }
  }

  private func checkClashes() {
    for (index, second) in listeners.enumerated() {
      guard let first = listeners[..<index].first(where: { clash($0.address, second.address) }) else { continue }
      // Told where it is written, for the other may be a default.
      let (at, other) = reader.isWritten(second.path) ? (second, first) : (first, second)
      reader.compare(at.path, with: [other.path], "should be another place than \(other.path), which is \(other.address)")
    }
  }

  private func clash(_ one: Address, _ other: Address) -> Bool {
    guard case .tcp(let oneHost, let onePort) = one, case .tcp(let otherHost, let otherPort) = other else { return one == other }
    let (first, second) = (NetworkAddress(numeric(oneHost)), NetworkAddress(numeric(otherHost)))
    return onePort == otherPort && (first == second || first?.isEverywhere == true || second?.isEverywhere == true)
  }

  private func numeric(_ host: String) -> String { host.lowercased() == "localhost" ? "127.0.0.1" : host }

  /// A service that leanto starts listens on loopback.
  private func checkPorts() {
    var owners: [UInt16: String] = [:]
    for service in settings.services {
      guard let port = service.port else { continue }
      let path = "services.\(service.name).port"
      if let owner = owners[port] {
        reader.compare(path, with: [owner], "should be another port than that of \(owner)")
      } else if let listener = listeners.first(where: { clash($0.address, .tcp(host: "127.0.0.1", port: port)) }) {
        reader.compare(
          path, with: [listener.path], "should be another port than that of \(listener.path), which is \(listener.address)")
      }
      owners[port] = owners[port] ?? path
    }
  }

  /// A request that the gateway sends to itself comes back for ever.
  private func checkCircles() {
    for service in settings.services {
      guard let upstream = service.upstream, let own = listeners.first(where: { clash($0.address, upstream) }) else { continue }
      let message = "should be the service, not the gateway itself: \(own.path) is \(own.address)"
      reader.compare("services.\(service.name).upstream", with: [own.path], message)
    }
  }
}

extension InternalListener {
  fileprivate var address: Address? {
    if case .address(let address) = self { address } else { nil }
  }
}
