import Model

/// What must hold between services, and between them and the rest.
struct ServicesChecks {
  let settings: StackSettings
  let reader: SettingsReader

  func run() {
    for service in settings.services { ServiceChecks(service: service, reader: reader).run() }
    checkPlaces()
    checkGate()
    checkOpenOnTunnel()
    checkOrder()
    checkEngineName()
  }

  private func path(_ service: ServiceSettings, _ key: String) -> String { "services.\(service.name).\(key)" }

  private func checkPlaces() {
    var owners: [ServiceSettings.Place: String] = [:]
    for service in settings.services {
      guard let place = service.at else { continue }
      if let owner = owners[place] {
        reader.compare(path(service, "at"), "should be another place than that of \(owner)")
      } else {
        owners[place] = service.name
      }
    }
  }

  /// The model's gate has places and a name of its own.
  private func checkGate() {
    guard settings.llm.expose == .keys else { return }
    for service in settings.services {
      if service.name == KeyScope.model {
        let message = "should have another name: keys for llm open the model's gate (llm.expose: keys)"
        reader.compare("services.\(service.name)", with: ["llm.expose"], message)
      }
      if let place = service.at, ModelGatePlace.all.contains(place) {
        reader.compare(
          path(service, "at"), with: ["llm.expose"], "should be another place: this one is the model's gate (llm.expose: keys)")
      }
    }
  }

  /// Under that name Caddy is started, shown and ended.
  private func checkEngineName() {
    guard settings.gateway.engine == .caddy, settings.services.contains(where: { $0.name == "gateway" }) else { return }
    let message = "should have another name: with Caddy as the engine this one is Caddy's"
    reader.compare("services.gateway", with: ["gateway.engine"], message)
  }

  /// The tunnel asks for credentials whatever a service says.
  private func checkOpenOnTunnel() {
    guard let domain = settings.tunnel.domain, settings.tunnel.provider != .none else { return }
    for service in settings.services where service.authentication == .none && service.at == .host(domain) {
      let message = "cannot be none at the tunnel's own name, where leanto always asks: list what may be open at `public`"
      reader.compare(path(service, "auth"), with: ["tunnel.domain"], message)
    }
  }

  private func checkOrder() {
    for circle in ServiceOrder(settings.services).circles {
      guard let first = circle.first else { continue }
      let chain = (circle + [first]).joined(separator: " after ")
      reader.compare("services.\(first).after", "should not go in a circle: \(chain)")
    }
  }
}

/// Who starts after whom.
struct ServiceOrder {
  private let names: [String]
  private let after: [String: [String]]

  init(_ services: [ServiceSettings]) {
    names = services.map(\.name)
    after = Dictionary(services.map { ($0.name, $0.after) }, uniquingKeysWith: { first, _ in first })
  }

  /// Each circle once, from the service that the file names first; a service in several circles is told in one of them.
  var circles: [[String]] {
    var circles: [[String]] = []
    var finished: Set<String> = []
    for name in names {
      var way: [String] = []
      follow(name, &way, &finished, &circles)
    }
    return circles
  }

  private func follow(_ name: String, _ way: inout [String], _ finished: inout Set<String>, _ circles: inout [[String]]) {
    if let start = way.firstIndex(of: name) {
      circles.append(Array(way[start...]))
      return
    }
    guard finished.insert(name).inserted else { return }
    way.append(name)
    for next in after[name] ?? [] { follow(next, &way, &finished, &circles) }
    way.removeLast()
  }
}
