package import Model

extension ComposePlan {
  package static let folder = "compose"

  /// Everything that is written for Docker, in the order of writing: what compose.yaml names is there before it.
  package var files: [RenderedFile] { environmentFiles + secretFiles + [composeFile] }

  private var environmentFiles: [RenderedFile] {
    containers.compactMap { container in
      let lines = container.fileEnvironment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }
      guard !lines.isEmpty else { return nil }
      return RenderedFile(
        path: "\(Self.folder)/\(container.environmentFile)", text: lines.joined(), mode: 0o600, secrecy: .values)
    }
  }

  private var secretFiles: [RenderedFile] {
    usedSecrets.map { name in
      // n8n takes a line's end for a part of the secret.
      RenderedFile(
        path: "\(Self.folder)/secrets/\(name)", text: secrets[name] ?? "", mode: 0o400, owner: secretOwner, secrecy: .all)
    }
  }

  private var usedSecrets: [String] { Set(containers.flatMap { $0.secretFiles.map(\.name) }).sorted() }

  private var composeFile: RenderedFile {
    let head = ["# Rendered by leanto from leanto.yaml; leanto up writes it anew.", ""]
    return RenderedFile(
      path: "\(Self.folder)/compose.yaml", text: (head + value.lines).joined(separator: "\n") + "\n", mode: 0o600)
  }

  private var value: ComposeValue {
    var top: [(String, ComposeValue)] = [
      ("name", .text(project)),
      ("services", .map(containers.map { ($0.name, service($0)) })),
      ("networks", .map([("default", networkValue)])),
    ]
    if !usedSecrets.isEmpty {
      top.append(("secrets", .map(usedSecrets.map { ($0, .map([("file", .text("./secrets/\($0)"))])) })))
    }
    return .map(top)
  }

  private var networkValue: ComposeValue {
    let pool = ComposeValue.map([("subnet", .text(network.subnet)), ("gateway", .text(network.gateway))])
    return .map([("ipam", .map([("config", .list([pool]))]))])
  }
}

// MARK: - One service

extension ComposePlan {
  private func service(_ container: ContainerSpec) -> ComposeValue {
    let parts = [
      identity(container), environment(container), storage(container), connections(container), hardening(container),
      limits(container), life(container),
    ]
    return .map(parts.flatMap { $0 })
  }

  private func identity(_ container: ContainerSpec) -> [(String, ComposeValue)] {
    var pairs: [(String, ComposeValue)] = [("image", .text(lock.pinned(container.image)))]
    // What is not here was pulled before, with its progress shown: Compose itself fetches nothing.
    pairs.append(("pull_policy", .text("never")))
    if !container.command.isEmpty { pairs.append(("command", .texts(container.command))) }
    if let user = container.user { pairs.append(("user", .text(user))) }
    if !container.secretFiles.isEmpty { pairs.append(("labels", .map([("leanto.secrets", .text(mark(of: container)))]))) }
    return pairs
  }

  /// Another one when a secret's file is, which Compose does not look at. FNV-1a of 64 bits tells nothing of a key of 256.
  private func mark(of container: ContainerSpec) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for secret in container.secretFiles {
      for byte in Array((secrets[secret.name] ?? "").utf8) + [0xff] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    return String(hash, radix: 16)
  }

  private func environment(_ container: ContainerSpec) -> [(String, ComposeValue)] {
    var shown = container.shownEnvironment
    for secret in container.secretFiles { shown[secret.variable] = "/run/secrets/\(secret.name)" }
    var pairs: [(String, ComposeValue)] = []
    if !shown.isEmpty { pairs.append(("environment", .sorted(shown))) }
    if !container.fileEnvironment.isEmpty {
      // `raw` takes values as they are (Compose 2.30): no `$` and no quotes mean anything.
      let file = ComposeValue.map([("path", .text("./" + container.environmentFile)), ("format", .text("raw"))])
      pairs.append(("env_file", .list([file])))
    }
    if !container.secretFiles.isEmpty { pairs.append(("secrets", .texts(container.secretFiles.map(\.name)))) }
    return pairs
  }

  private func storage(_ container: ContainerSpec) -> [(String, ComposeValue)] {
    var pairs: [(String, ComposeValue)] = []
    if !container.volumes.isEmpty { pairs.append(("volumes", .list(container.volumes.map(volume)))) }
    if container.isReadOnly { pairs.append(("read_only", .flag(true))) }
    if !container.temporary.isEmpty { pairs.append(("tmpfs", .texts(container.temporary))) }
    return pairs
  }

  /// In the long form, which has no colons to be misread; a missing source is an error instead of an empty folder of root's.
  private func volume(_ volume: ContainerSpec.Volume) -> ComposeValue {
    var pairs: [(String, ComposeValue)] = [
      ("type", .text("bind")), ("source", .text(volume.source.hasPrefix("/") ? volume.source : "../" + volume.source)),
      ("target", .text(volume.target)),
    ]
    if volume.isReadOnly { pairs.append(("read_only", .flag(true))) }
    pairs.append(("bind", .map([("create_host_path", .flag(false))])))
    return .map(pairs)
  }

  private func connections(_ container: ContainerSpec) -> [(String, ComposeValue)] {
    var pairs: [(String, ComposeValue)] = []
    if let host = container.hostPort, let port = container.port {
      // A published port goes past the machine's firewall, so it is bound to loopback.
      pairs.append(("ports", .texts(["127.0.0.1:\(host):\(port)"])))
    }
    let machine = reachesMachineByNetwork ? network.gateway : "host-gateway"
    let hosts = [
      "gateway:\(network.gateway)", "host.docker.internal:\(machine)", "\(ModelBridgePlan.host):\(network.gateway)",
    ]
    pairs.append(("extra_hosts", .texts(hosts)))
    if !container.after.isEmpty {
      let conditions = container.after.sorted { $0.key < $1.key }.map { name, isHealthy in
        (name, ComposeValue.map([("condition", .text(isHealthy ? "service_healthy" : "service_started"))]))
      }
      pairs.append(("depends_on", .map(conditions)))
    }
    return pairs
  }

  private func hardening(_ container: ContainerSpec) -> [(String, ComposeValue)] {
    var pairs: [(String, ComposeValue)] = []
    if container.dropsCapabilities { pairs.append(("cap_drop", .texts(["ALL"]))) }
    pairs.append(("security_opt", .texts(["no-new-privileges:true"])))
    if container.needsInit { pairs.append(("init", .flag(true))) }
    return pairs
  }

  private func limits(_ container: ContainerSpec) -> [(String, ComposeValue)] {
    var pairs: [(String, ComposeValue)] = []
    if let memory = container.memory { pairs.append(("mem_limit", .number(memory))) }
    if let cpus = container.cpus { pairs.append(("cpus", .text(Self.decimal(cpus)))) }
    if let processes = container.processes { pairs.append(("pids_limit", .number(processes))) }
    // Docker's own default keeps everything for ever.
    let options = ComposeValue.map([("max-size", .text("10m")), ("max-file", .text("5"))])
    pairs.append(("logging", .map([("driver", .text("json-file")), ("options", options)])))
    return pairs
  }

  private func life(_ container: ContainerSpec) -> [(String, ComposeValue)] {
    var pairs: [(String, ComposeValue)] = []
    if let health = container.health { pairs.append(("healthcheck", healthValue(health))) }
    pairs.append(("stop_grace_period", .text("\(container.stopSeconds)s")))
    pairs.append(("restart", .text("unless-stopped")))
    return pairs
  }

  private func healthValue(_ health: ContainerHealth) -> ComposeValue {
    var pairs: [(String, ComposeValue)] = [
      ("test", .texts(["CMD"] + health.command)), ("interval", .text("15s")), ("timeout", .text("5s")),
      ("retries", .number(5)), ("start_period", .text("\(health.startSeconds)s")),
    ]
    if hasStartInterval { pairs.append(("start_interval", .text("2s"))) }
    return .map(pairs)
  }

  /// Without an exponent, which YAML readers see differently.
  private static func decimal(_ number: Double) -> String {
    let thousandths = Int((number * 1000).rounded())
    let rest = thousandths % 1000
    guard rest != 0 else { return "\(thousandths / 1000)" }
    var digits = String(String(1000 + rest).dropFirst())
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(thousandths / 1000).\(digits)"
  }
}

extension ContainerSpec {
  /// A value of several lines cannot be a line of a file: it stands in compose.yaml, which nobody else may read either.
  fileprivate var fileEnvironment: [String: String] { hiddenEnvironment.filter { !$0.value.contains(where: \.isNewline) } }

  fileprivate var shownEnvironment: [String: String] {
    environment.merging(hiddenEnvironment.filter { $0.value.contains(where: \.isNewline) }) { $1 }
  }

  fileprivate var environmentFile: String { "\(name).env" }
}
