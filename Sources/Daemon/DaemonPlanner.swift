import Client
import Glibc
import Model
import Settings
import Stack

/// From settings to a plan, with what the plan needs from the disk and the machine.
struct DaemonPlanner {
  let directory: StackDirectory
  let client: HTTPClient
  let docker: DockerWatch

  /// Makes missing secrets and folders.
  func plan(_ settings: StackSettings) async throws -> StackPlan {
    for (path, mode) in [(directory.secrets, 0o700), (directory.run, 0o700), (directory.logs, 0o750)] as [(String, mode_t)] {
      guard SmallFile.makeDirectory(path, mode: mode) else { throw cannotMake(path) }
    }
    let machine = await machine(for: settings)
    let required = StackPlan.requiredSecrets(of: settings, docker: machine.docker != nil)
    var secrets = try SecretStore(directory: directory).values(required)
    secrets.values[TunnelPlan.tokenSecret] = TunnelFiles(directory: directory).token
    let plan = StackPlan.make(settings: settings, machine: machine, directory: directory, secrets: secrets)
    if let compose = plan.compose {
      ChoiceStore(directory: directory).keep(compose, internalPort: machine.docker?.choices.internalPort)
    }
    for path in plan.directories {
      guard SmallFile.makeDirectory(path) else { throw cannotMake(path) }
    }
    if let tunnel = plan.tunnel { try TunnelFiles(directory: directory).write(tunnel) }
    return plan
  }

  /// The same plan, without making anything.
  func preview(_ settings: StackSettings) async -> StackPlan {
    let machine = await machine(for: settings)
    let required = StackPlan.requiredSecrets(of: settings, docker: machine.docker != nil)
    var secrets = SecretStore(directory: directory).preview(required)
    secrets.values[TunnelPlan.tokenSecret] = TunnelFiles(directory: directory).token
    return StackPlan.make(settings: settings, machine: machine, directory: directory, secrets: secrets)
  }

  private func machine(for settings: StackSettings) async -> MachineFacts {
    var machine = await MachineSurvey(client: client).facts(for: settings)
    if case .compose(let survey) = await docker.answer(for: settings, hasCommands: hasServiceCommands(machine)) {
      machine.docker = DockerFacts(survey, in: directory)
    }
    machine.isTunnelClosed = TunnelFiles(directory: directory).isClosed
    return machine
  }

  /// Programs beside the services say nothing of how these run.
  private func hasServiceCommands(_ machine: MachineFacts) -> Bool {
    machine.commands.keys.contains { !["ngrok", "cloudflared", "tailscale", "caddy", "docker"].contains($0) }
  }

  private func cannotMake(_ path: String) -> DaemonFailure {
    let reason = unsafe String(cString: strerror(errno))
    return DaemonFailure("cannot make the folder \(path): \(reason); look at it with: ls -ld \(directory.path)")
  }
}
