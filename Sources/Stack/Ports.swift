import Model
import Settings

/// The port of each service that is started here, and a second one where its preset needs it. What the settings say stands; presets
/// take their usual ports, or the next that nothing else in the stack has.
struct PortTable {
  private(set) var main: [String: UInt16] = [:]
  private(set) var second: [String: UInt16] = [:]
  private var taken: Set<UInt16>

  init(services: [ServiceSettings], listeners: [Listener]) {
    let started = services.filter { $0.upstream == nil }
    taken = Set(
      listeners.compactMap { $0.address.port } + services.compactMap(\.port) + services.compactMap { $0.upstream?.port })
    for service in started {
      let preset = service.preset.flatMap(PresetCatalog.named)
      main[service.name] = service.port ?? preset.map { take(from: $0.port) }
      guard let preset, preset.needsSecondPort, let port = main[service.name] else { continue }
      second[service.name] = take(from: port &+ 1)
    }
  }

  private mutating func take(from first: UInt16) -> UInt16 {
    var port = max(first, 1024)
    while taken.contains(port) { port = max(port &+ 1, 1024) }
    taken.insert(port)
    return port
  }
}
