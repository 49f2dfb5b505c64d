import Model
import Settings

/// Which place of the gateway leads where.
struct RoutePlanner {
  let settings: StackSettings
  /// Of the services that listen.
  let addresses: [String: Address]

  /// Leanto's own pages stand first. Where no service has `/`, they have it too, to lead a person to the front page.
  func routes() -> [Route] {
    var routes = [Route(service: "leanto", prefix: "/leanto/", target: .local, upgradePaths: [])]
    routes += settings.services.compactMap(route)
    if settings.llm.expose == .keys { routes += Self.gate }
    if !routes.contains(where: { $0.host == nil && $0.prefix == "/" }) {
      routes.append(Route(service: "leanto", prefix: "/", target: .local, upgradePaths: []))
    }
    return routes
  }

  /// By service: what its preset could open and the settings do not, as a client writes it.
  func closedPaths() -> [String: [PublicPath]] {
    var closed: [String: [PublicPath]] = [:]
    for service in settings.services {
      guard let place = service.at, let preset = service.preset.flatMap(PresetCatalog.named) else { continue }
      let open = PublicClasses(service: service, preset: preset).paths
      let paths = preset.publicClasses.flatMap(\.paths).filter { path in !open.contains { $0.holds(path) } }
      let joined = paths.map { PublicPath(path: place.joined($0.path), isPrefix: $0.isPrefix) }
      closed[service.name] = joined.enumerated().filter { joined.firstIndex(of: $0.element) == $0.offset }.map(\.element)
    }
    return closed.filter { !$0.value.isEmpty }
  }

  private static let gate = [
    Route(service: KeyScope.model, prefix: ModelGatePlace.path, stripsPrefix: true, target: .model, upgradePaths: []),
    Route(service: KeyScope.model, host: ModelGatePlace.host, target: .model, upgradePaths: []),
  ]

  private func route(_ service: ServiceSettings) -> Route? {
    guard let place = service.at, let address = addresses[service.name] else { return nil }
    let preset = service.preset.flatMap(PresetCatalog.named)
    let open = PublicClasses(service: service, preset: preset)
    var route = Route(
      service: service.name, host: place.host, prefix: place.prefix,
      stripsPrefix: place.prefix != "/" && (service.prefix == .strip || preset != nil),
      target: .upstream(address), authentication: service.authentication == .none ? .none : .door,
      publicPaths: open.paths.map { PublicPath(path: place.joined($0.path), isPrefix: $0.isPrefix) },
      withheldCookies: withheldCookies(from: service, preset: preset),
      upgradePaths: preset?.upgradePaths(open: open.classes).map(place.joined),
      ownLocations: preset?.ownLocations.map(place.joined) ?? [])
    route.assetPaths = preset?.assetPaths.map(place.joined) ?? []
    return route
  }

  /// The session cookies of the other presets on the same host: a browser sends them to all, and a webhook node stores them.
  private func withheldCookies(from service: ServiceSettings, preset: (any Preset)?) -> [String] {
    let others = settings.services.filter { $0.name != service.name && $0.at != nil && $0.at?.host == service.at?.host }
    let cookies = Set(others.flatMap { $0.preset.flatMap(PresetCatalog.named)?.cookies ?? [] })
    return cookies.subtracting(preset?.cookies ?? []).sorted()
  }
}

/// What of a service needs no credentials: classes of its preset and literal prefixes.
struct PublicClasses {
  /// Relative to the service's place.
  private(set) var paths: [PublicPath] = []
  private(set) var classes: Set<String> = []
  private(set) var unknown: [String] = []

  init(service: ServiceSettings, preset: (any Preset)?) {
    for name in service.public {
      if name.hasPrefix("/") {
        add([PublicPath(path: name, isPrefix: true)])
      } else if let known = preset?.publicClasses.first(where: { $0.name == name }) {
        classes.insert(name)
        add(known.paths)
      } else {
        unknown.append(name)
      }
    }
  }

  private mutating func add(_ more: [PublicPath]) {
    paths += more.filter { !paths.contains($0) }
  }
}

extension ServiceSettings.Place {
  var host: String? {
    if case .host(let host) = self { host } else { nil }
  }

  var prefix: String {
    if case .path(let path) = self { path } else { "/" }
  }

  /// `path` starts with `/` and is the service's own; the result is what a client writes.
  func joined(_ path: String) -> String { String(prefix.dropLast()) + path }

  var shown: String { host ?? prefix }
}

extension PublicPath {
  /// Whether whatever `other` opens is open with this.
  fileprivate func holds(_ other: PublicPath) -> Bool {
    guard isPrefix else { return self == other }
    return path == other.path || other.path.hasPrefix(path.hasSuffix("/") ? path : path + "/")
  }
}
