import Model
import Settings

/// What is known of one application: data and a little code, in a folder of its own. Every line stands on its documentation, its
/// source or a measurement, named beside it.
protocol Preset: Sendable {
  var name: String { get }
  /// Program and arguments; `{port}` is replaced.
  var command: [String] { get }
  /// How to get the command.
  func remedy(version: String?) -> String
  /// The port that it usually has.
  var port: UInt16 { get }
  /// Whether it listens at one more port, for itself.
  var needsSecondPort: Bool { get }
  /// Whether it can be told that it lives below a path.
  var livesBelowPath: Bool { get }
  var health: HealthCheck { get }
  /// Seconds until the first success, on a busy machine and with a database to migrate.
  var startSeconds: Int { get }
  /// Seconds; more than the application gives itself.
  var stopSeconds: Int { get }
  var cookies: [String] { get }
  var publicClasses: [PublicClass] { get }
  /// Paths, its own, that may become a websocket while these classes are open.
  func upgradePaths(open: Set<String>) -> [String]
  /// Prefixes, its own, of files whose names change with their content.
  var assetPaths: [String] { get }
  /// Prefixes, its own, below which Location is what a person's workflow answers and not a link of the application.
  var ownLocations: [String] { get }
  func secrets(service: String) -> [SecretRequirement]
  func environment(_ context: PresetContext) -> [String: String]
  /// Variables of `environment` whose values are secrets.
  var secretVariables: Set<String> { get }
  func claim(_ context: PresetContext) -> ClaimPlan?
  /// The version that it is made for.
  var version: String { get }
  /// Needed in containers beyond `secrets`.
  func containerSecrets(service: String) -> [SecretRequirement]
  /// Its container first, then what stands beside it.
  func containers(_ context: PresetContext) -> [ContainerSpec]
}

extension Preset {
  func containerSecrets(service: String) -> [SecretRequirement] { [] }
  var assetPaths: [String] { [] }
}

/// Paths that a kind of caller needs without the door.
struct PublicClass: Sendable {
  let name: String
  let paths: [PublicPath]

  init(_ name: String, prefixes: [String] = [], exact: [String] = []) {
    self.name = name
    self.paths = prefixes.map { PublicPath(path: $0, isPrefix: true) } + exact.map { PublicPath(path: $0, isPrefix: false) }
  }
}

/// What a preset's code may look at.
struct PresetContext {
  let service: String
  let place: ServiceSettings.Place?
  /// Where people open it, with a slash at the end.
  let url: String
  let address: Address
  let port: UInt16
  let secondPort: UInt16
  /// Absolute.
  let data: String
  let timeZone: String?
  let secrets: StackSecrets
  /// As in the settings.
  var version: String?
  /// An image instead of the preset's.
  var image: String?
  /// Where a container is published on this machine.
  var hostPort: UInt16?
  /// Nil: it runs as a process of this machine.
  var container: DockerFacts?

  var isSecure: Bool { url.hasPrefix("https:") }
}

enum PresetCatalog {
  static let all: [any Preset] = [N8NPreset(), FlowisePreset(), OpenWebUIPreset(), LangflowPreset(), SitePreset()]

  static func named(_ name: String) -> (any Preset)? { all.first { $0.name == name } }
}
