/// Docker, and what stands between containers and this machine.
package enum ContainerChecks {
  /// What came of asking Docker.
  package static func docker(_ seen: Result<DockerSurvey, DockerProblem>, wanted: DoctorPlan.Containers) -> [Finding] {
    switch seen {
    case .success(let docker): return [engine(docker), compose(docker), rootless(docker)]
    case .failure(let problem):
      guard wanted != .never else { return [Finding("docker", .skipped, "The stack runs without containers.")] }
      let sentence = problem.sentence + "."
      // `auto` runs natively where there is no Docker; one that is there but does not answer is another matter.
      if wanted == .wherePossible, problem.kind == .notInstalled {
        return [Finding("docker", .skipped, "Docker is not installed; with runner: auto services run without it.")]
      }
      let name =
        problem.kind == .noCompose || problem.kind == .oldCompose
        ? "compose" : problem.kind == .notAllowed ? "docker-socket" : "docker"
      let verdict: Finding.Verdict = wanted == .always ? .problem : .warning
      return [Finding(name, verdict, sentence, commands: problem.remedy.isEmpty ? [] : [problem.remedy])]
    }
  }

  private static func numbers(_ version: String) -> (Int, Int)? {
    let parts = version.drop { $0 == "v" }.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    return parts.count == 2 ? (parts[0], parts[1]) : nil
  }

  /// `host-gateway` needs 20.10; health checks that are asked often at the start need 25.
  private static func engine(_ docker: DockerSurvey) -> Finding {
    let upgrade = "curl -fsSL https://get.docker.com | sudo sh"
    guard let version = numbers(docker.engine) else {
      return Finding(
        "docker", .warning, "Docker answers, but its version is not known (\(docker.engine)).", commands: ["docker version"])
    }
    if version < (20, 10) {
      return Finding(
        "docker", .problem, "Docker \(docker.engine) is too old: containers cannot be told this machine's address.",
        commands: [upgrade])
    }
    if version < (25, 0) {
      return Finding(
        "docker", .warning, "Docker \(docker.engine) works but is old: starts are noticed later, and nobody mends its holes.",
        commands: [upgrade])
    }
    return Finding("docker", .ok, "Docker \(docker.engine) answers.")
  }

  private static func compose(_ docker: DockerSurvey) -> Finding {
    Finding("compose", .ok, "Docker Compose \(docker.compose) is new enough.")
  }

  private static func rootless(_ docker: DockerSurvey) -> Finding {
    guard docker.isRootless else { return Finding("docker-rootless", .ok, "Docker runs as root, as usual.") }
    return Finding(
      "docker-rootless", .warning, "Docker runs rootless: containers do not reach this machine's own addresses in the usual way.",
      commands: ["set llm.bridge: on in leanto.yaml, then: leanto up"])
  }

  package struct Firewall: Sendable, Hashable {
    /// net.ipv4.ip_forward.
    package var forwards: Bool
    /// What `iptables -S INPUT` and `ufw status` print; nil: it was not to be had.
    package var input: String?
    package var ufw: String?

    package init(forwards: Bool, input: String?, ufw: String?) {
      (self.forwards, self.input, self.ufw) = (forwards, input, ufw)
    }
  }

  /// `port`: where the gateway listens for containers; `network`: theirs.
  package static func firewall(_ seen: Firewall, usesContainers: Bool, port: UInt16?, network: String = "10.83.0.0/16")
    -> Finding
  {
    guard usesContainers else { return Finding("firewall", .skipped, "No containers run here.") }
    guard seen.forwards else {
      return Finding(
        "firewall", .problem, "The kernel forwards no packets (net.ipv4.ip_forward is 0): containers reach nothing.",
        commands: ["sudo sysctl -w net.ipv4.ip_forward=1", "echo net.ipv4.ip_forward=1 | sudo tee /etc/sysctl.d/60-leanto.conf"])
    }
    guard let port else { return Finding("firewall", .ok, "Packets of containers are forwarded.") }
    if let ufw = seen.ufw, ufw.contains("Status: active"), !ufw.contains("\(port)"), !ufw.contains("10.83.") {
      return Finding(
        "firewall", .warning,
        "ufw is active and has no rule for containers: it drops what they send to the gateway's port \(port).",
        commands: ["sudo ufw allow from \(network) to any port \(port) proto tcp"])
    }
    if let input = seen.input, drops(input, port) {
      return Finding(
        "firewall", .warning, "The firewall drops what nobody allowed, and nothing allows containers the gateway's port \(port).",
        commands: ["sudo iptables -I INPUT -s \(network) -p tcp --dport \(port) -j ACCEPT"])
    }
    return Finding(
      "firewall", .ok,
      seen.input == nil && seen.ufw == nil
        ? "Packets of containers are forwarded; the firewall's rules are root's to see."
        : "No rule keeps containers from the gateway.")
  }

  private static func drops(_ input: String, _ port: UInt16) -> Bool {
    let lines = input.split(separator: "\n")
    guard lines.contains(where: { $0.hasPrefix("-P INPUT DROP") || $0.hasPrefix("-P INPUT REJECT") }) else { return false }
    return !lines.contains { line in
      line.hasSuffix("-j ACCEPT")
        && (line.contains("--dport \(port)") || line.contains("-i docker") || line.contains("-i br-")
          || line.contains("-s 10.83.")
          || line == "-A INPUT -j ACCEPT")
    }
  }
}
