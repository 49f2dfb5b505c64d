import Model
import Settings

/// The port of each service that is started here, and a second one where its preset needs it. What the settings say stands; presets
/// take their usual ports, or the next that nothing else in the stack has. Containers publish at a port that nothing else on the
/// machine has either: whatever they listen at, only the gateway asks there.
struct PortTable {
  private(set) var main: [String: UInt16] = [:]
  private(set) var second: [String: UInt16] = [:]
  private var taken: Set<UInt16>

  init(services: [ServiceSettings], listeners: [Listener], docker: DockerFacts? = nil) {
    let started = services.filter { $0.upstream == nil }
    taken = Set(
      listeners.compactMap { $0.address.port } + services.compactMap(\.port) + services.compactMap { $0.upstream?.port })
    if let docker {
      let containers = started.filter(\.runsInContainer)
      // Those that have one keep it; then the others choose.
      for service in containers { main[service.name] = docker.choices.ports[service.name] }
      taken.formUnion(main.values)
      for service in containers where main[service.name] == nil {
        guard let wish = service.wishedPort else { continue }
        main[service.name] = take(from: wish, besides: docker.takenPorts)
      }
    }
    for service in started where docker == nil || !service.runsInContainer {
      let preset = service.preset.flatMap(PresetCatalog.named)
      main[service.name] = service.port ?? preset.map { take(from: $0.port) }
      guard let preset, preset.needsSecondPort, let port = main[service.name] else { continue }
      second[service.name] = take(from: port &+ 1)
    }
  }

  private mutating func take(from first: UInt16, besides others: Set<UInt16> = []) -> UInt16 {
    var port = max(first, 1024)
    while taken.contains(port) || others.contains(port) { port = max(port &+ 1, 1024) }
    taken.insert(port)
    return port
  }
}

extension ServiceSettings {
  /// With the compose runner. A command of somebody's own runs as a child process there too.
  var runsInContainer: Bool { upstream == nil && (image != nil || (preset != nil && command.isEmpty)) }

  var wishedPort: UInt16? { port ?? preset.flatMap(PresetCatalog.named)?.port }
}
