import Model
import Settings

/// What came out for one service.
struct PlannedService {
  var service: NativeService
  var place: ServicePlace?
  var directories: [String] = []
  var warnings: [String] = []
  var hiddenVariables: Set<String> = []
  var claim: ClaimPlan?
  var containers: [ContainerSpec] = []
  var isGuarded = false
}

/// Plans one service, with or without a preset.
struct ServicePlanner {
  let service: ServiceSettings
  let stack: StackSettings
  let machine: MachineFacts
  let directory: StackDirectory
  let secrets: StackSecrets
  let origin: Origin
  let ports: PortTable

  func plan() -> PlannedService {
    let native = NativeService(
      name: service.name, kind: kind, address: address, health: health, after: service.after,
      // What already runs elsewhere needs no time to start.
      startSeconds: isElsewhere ? 10 : preset?.startSeconds ?? 120)
    return PlannedService(
      service: native, place: place, directories: directories, warnings: warnings, hiddenVariables: hiddenVariables,
      claim: claim, containers: containers, isGuarded: isStarted && preset != nil)
  }

  private var preset: (any Preset)? { service.preset.flatMap(PresetCatalog.named) }
  private var port: UInt16? { ports.main[service.name] }
  private var isElsewhere: Bool { service.upstream != nil }
  private var isStarted: Bool {
    switch kind {
    case .process, .container: true
    case .address, .missing: false
    }
  }
  private var isContainer: Bool { machine.docker != nil && service.runsInContainer }

  private var address: Address? {
    service.upstream ?? port.map { .tcp(host: "127.0.0.1", port: $0) }
  }

  private var health: HealthCheck {
    // A command runs inside of the container, where Docker runs it.
    if isContainer, case .command = service.health { return .none }
    return service.health ?? preset?.health ?? (address == nil ? .none : .tcp)
  }

  private var place: ServicePlace? {
    guard let place = service.at, address != nil else { return nil }
    return ServicePlace(at: place.shown, url: origin.canonical(place), echo: service.echo.map(place.joined))
  }
}

// MARK: - What is started

extension ServicePlanner {
  private var kind: NativeService.Kind {
    if isElsewhere { return .address }
    if isContainer { return .container(image: containers.first?.image ?? "") }
    guard let program = command.first else { return .missing(command: wantedProgram, remedy: noCommandRemedy) }
    guard let path = program.contains("/") ? program : machine.commands[program] else {
      return .missing(command: program, remedy: remedy(for: program))
    }
    if let secret = missingSecret {
      return .missing(command: program, remedy: "The secret `secrets/\(secret)` is not there; `leanto up` makes it.")
    }
    return .process(
      ProcessPlan(
        command: [path] + command.dropFirst().map(filled), environment: environment, directory: workingDirectory,
        stopSeconds: preset?.stopSeconds ?? 10))
  }

  private var command: [String] { service.command.isEmpty ? preset?.command ?? [] : service.command }

  private var wantedProgram: String { service.image == nil ? "" : "docker" }

  private var noCommandRemedy: String {
    if service.image != nil {
      return "An image needs Docker and the compose runner. Write `command:` instead, or `upstream:` for one that runs."
    }
    if let name = service.preset {
      return "There is no preset `\(name)`; there are \(PresetCatalog.all.map(\.name).joined(separator: ", "))."
    }
    return "Write `preset:`, `command:`, or `upstream:` for something that runs."
  }

  private func remedy(for program: String) -> String {
    if let preset, service.command.isEmpty { return preset.remedy(version: service.version) }
    return "Install `\(program)`, or write the program's full path in `services.\(service.name).command`."
  }

  /// A service that started without its key would make one of its own, and no backup would have it.
  private var missingSecret: String? {
    preset?.secrets(service: service.name).map(\.name).first { (secrets[$0] ?? "").isEmpty }
  }

  private func filled(_ argument: String) -> String {
    guard let port else { return argument }
    return argument.replacing("{port}", with: "\(port)")
  }

  /// What the settings say wins over the preset.
  private var environment: [String: String] {
    var all = preset.flatMap { preset in context.map(preset.environment) } ?? [:]
    if preset == nil, let port { all["PORT"] = "\(port)" }
    if preset != nil, machine.environment["HOME"] == nil { all["HOME"] = data }
    return all.merging(service.environment) { $1 }
  }

  /// Somebody's own variables may hold secrets too: they come from `${NAME}` as a rule.
  private var hiddenVariables: Set<String> {
    (preset?.secretVariables ?? []).union(service.environment.keys)
  }

  private var context: PresetContext? {
    guard let address, let port else { return nil }
    return PresetContext(
      service: service.name, place: service.at, url: origin.canonical(service.at), address: address, port: port,
      secondPort: ports.second[service.name] ?? 0, data: data, timeZone: machine.environment["TZ"], secrets: secrets,
      version: service.version, image: service.image, hostPort: port, container: isContainer ? machine.docker : nil)
  }

  private var claim: ClaimPlan? {
    isStarted ? preset.flatMap { preset in context.flatMap(preset.claim) } : nil
  }
}

// MARK: - In containers

extension ServicePlanner {
  private var containers: [ContainerSpec] {
    guard isContainer else { return [] }
    var all = preset.flatMap { preset in context.map(preset.containers) } ?? [plainContainer]
    guard !all.isEmpty else { return [] }
    // What the settings say wins over the preset.
    for name in service.environment.keys { all[0].environment[name] = nil }
    all[0].hiddenEnvironment.merge(service.environment) { $1 }
    all[0].volumes += service.volumes.compactMap(Self.volume)
    all[0].memory = service.limits.memory ?? all[0].memory
    all[0].cpus = service.limits.cpus
    if case .command(let command) = service.health { all[0].health = ContainerHealth(command: command, startSeconds: 120) }
    for name in service.after { all[0].after[name] = true }
    return all
  }

  private var plainContainer: ContainerSpec {
    var container = ContainerSpec(name: service.name, service: service.name, image: service.image ?? "")
    container.command = service.command.map { $0.replacing("{port}", with: "\(service.port ?? 0)") }
    container.port = service.port
    container.hostPort = port
    if let port = service.port { container.hiddenEnvironment["PORT"] = "\(port)" }
    return container
  }

  /// `source:target` or `source:target:ro`, as the settings were checked to be.
  private static func volume(_ text: String) -> ContainerSpec.Volume? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 2 else { return nil }
    let source = parts[0].hasPrefix("./") ? String(parts[0].dropFirst(2)) : parts[0]
    // An absolute path is somebody else's: it may be a file, and is not made here.
    return .init(source: source, target: parts[1], isReadOnly: parts.last == "ro", isFolder: !source.hasPrefix("/"))
  }
}

// MARK: - Where it lies

extension ServicePlanner {
  private var data: String { directory.data(service: service.name) }

  /// Somebody's own command is written as seen from leanto.yaml.
  private var workingDirectory: String { preset == nil ? directory.path : data }

  private var directories: [String] {
    guard isStarted else { return [] }
    if isContainer { return containers.flatMap(\.volumes).filter(\.isFolder).map { absolute($0.source) } }
    return (preset == nil ? [] : [data]) + service.data.map(absolute)
  }

  private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : directory.path + "/" + path }
}

// MARK: - What cannot be had

extension ServicePlanner {
  private var warnings: [String] {
    [placeWarning, pathWarning, limitsWarning].compactMap { $0 } + classWarnings
  }

  private var path: String { "services.\(service.name)" }

  private var placeWarning: String? {
    guard service.at != nil, address == nil else { return nil }
    return "\(path).at: it has no `port:` and no `upstream:`, so nothing can be routed to it."
  }

  private var pathWarning: String? {
    guard let preset, !preset.livesBelowPath, let place = service.at, place.prefix != "/" else { return nil }
    return "\(path).at: \(preset.name) cannot live below a path, its pages would stay empty; give it `/` or a host name."
  }

  private var limitsWarning: String? {
    guard service.limits != .init(), !isElsewhere, !isContainer else { return nil }
    return "\(path).limits: only containers are held to limits; as a child process it has none."
  }

  private var classWarnings: [String] {
    let known = preset.map { preset in "\(preset.name) has " + preset.publicClasses.map(\.name).joined(separator: ", ") + "." }
    return PublicClasses(service: service, preset: preset).unknown.map { name in
      "\(path).public: there is no class `\(name)`. \(known ?? "Without a preset a public path begins with `/`.")"
    }
  }
}
