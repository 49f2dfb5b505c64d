import Model
import Settings

extension FlowisePreset {
  static let containerData = "/data"

  /// Tried with 3.1.4: not as root, read-only, without capabilities, 797 MB, 12 processes.
  func containers(_ context: PresetContext) -> [ContainerSpec] {
    let owner = context.container?.owner ?? ContainerOwner(user: 1000, group: 1000)
    var container = ContainerSpec(
      name: context.service, service: context.service,
      image: context.image ?? "flowiseai/flowise:\(context.version ?? version)")
    container.user = owner.text
    let all = environment(context)
    container.environment = all.filter { !secretVariables.contains($0.key) }
    // `.flowise` is made at home, whatever else is set.
    container.environment["HOME"] = Self.containerData
    // Flowise has no `_FILE` variables.
    container.hiddenEnvironment = all.filter { secretVariables.contains($0.key) }
    container.port = port
    container.hostPort = context.hostPort
    container.volumes = [.init(source: "data/\(context.service)", target: Self.containerData)]
    container.isReadOnly = true
    container.temporary = ["/tmp:mode=1777"]
    container.dropsCapabilities = true
    container.needsInit = true
    container.health = ContainerHealth(command: ["sh", "-c", probe], startSeconds: startSeconds)
    container.memory = 2048 << 20
    container.processes = 300
    container.stopSeconds = stopSeconds
    return [container]
  }

  /// The image has curl. Only this answer tells that the database can be read (see `health`).
  private var probe: String {
    guard case .http(let path, status: _, let contains?) = health else { return "true" }
    return "curl -s --max-time 4 http://127.0.0.1:\(port)\(path) | grep -q '\(contains)'"
  }
}
