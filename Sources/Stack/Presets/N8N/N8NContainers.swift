import Settings

extension N8NPreset {
  static let brokerPort = 5679

  /// What the two containers know each other by.
  func containerSecrets(service: String) -> [SecretRequirement] {
    [SecretRequirement(name: "\(service)-runner-token", kind: .key)]
  }

  func containers(_ context: PresetContext) -> [ContainerSpec] { [main(context), runner(context)] }

  /// Tried with 2.41.1: read-only, without capabilities, 672 MB, 22 processes.
  private func main(_ context: PresetContext) -> ContainerSpec {
    let owner = context.container?.owner ?? ContainerOwner(user: 1000, group: 1000)
    var container = ContainerSpec(
      name: context.service, service: context.service, image: context.image ?? image("n8n", context))
    container.user = owner.text
    let all = environment(context)
    let hidden = "N8N_INSTANCE_OWNER_PASSWORD_HASH"
    container.environment = all.filter { $0.key != hidden && $0.key != "N8N_ENCRYPTION_KEY" }
    container.environment["HOME"] = "/home/node"
    container.hiddenEnvironment = all.filter { $0.key == hidden }
    container.secretFiles = [
      .init(name: "\(context.service)-encryption-key", variable: "N8N_ENCRYPTION_KEY_FILE"),
      .init(name: "\(context.service)-runner-token", variable: "N8N_RUNNERS_AUTH_TOKEN_FILE"),
    ]
    container.port = port
    container.hostPort = context.hostPort
    container.volumes = [.init(source: "data/\(context.service)/.n8n", target: "/home/node/.n8n")]
    container.isReadOnly = true
    // At the start n8n writes its pages, with their path, into the second.
    container.temporary = ["/tmp:mode=1777", "/home/node/.cache:mode=0755,uid=\(owner.user),gid=\(owner.group)"]
    container.dropsCapabilities = true
    // The image has busybox' wget and no curl. The image's own tini is init enough.
    container.health = ContainerHealth(
      command: ["wget", "-q", "--spider", "http://127.0.0.1:\(port)/healthz/readiness"], startSeconds: startSeconds)
    container.memory = 1536 << 20
    container.processes = 300
    container.stopSeconds = stopSeconds
    return container
  }

  /// Runs the code of Code nodes. Its version has to be n8n's.
  private func runner(_ context: PresetContext) -> ContainerSpec {
    var container = ContainerSpec(
      name: "\(context.service)-runner", service: context.service, image: image("runners", context))
    container.environment = [
      "N8N_RUNNERS_TASK_BROKER_URI": "http://\(context.service):\(Self.brokerPort)",
      "N8N_RUNNERS_AUTO_SHUTDOWN_TIMEOUT": "15",
    ]
    container.hiddenEnvironment = ["N8N_RUNNERS_AUTH_TOKEN": context.secrets["\(context.service)-runner-token"] ?? ""]
    container.dropsCapabilities = true
    container.processes = 300
    container.memory = 1024 << 20
    container.after = [context.service: false]
    return container
  }

  private func image(_ name: String, _ context: PresetContext) -> String {
    "docker.n8n.io/n8nio/\(name):\(context.version ?? version)"
  }
}
