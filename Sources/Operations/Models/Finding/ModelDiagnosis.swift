/// From what was seen to the cause. Pure.
package struct ModelDiagnosis: Sendable {
  var facts: HostFacts
  /// Asked from this host.
  var attempts: [ServerAttempt]
  /// Asked from inside a container, where traffic of containers starts; empty: nobody asked.
  var fromContainer: [ServerAttempt]
  var api: ModelServer.API

  package init(facts: HostFacts, attempts: [ServerAttempt], fromContainer: [ServerAttempt] = [], api: ModelServer.API = .ollama) {
    self.facts = facts
    self.attempts = attempts
    self.fromContainer = fromContainer
    self.api = api
  }

  /// Where a server answers this host, the likeliest first.
  package var answering: [ServerCandidate] { attempts.filter(\.isAnswered).map(\.candidate) }

  /// Nil: a server answers from here, and from containers where that was asked.
  package var problem: ModelProblem? {
    guard let first = attempts.first else { return api == .openai ? unknownAddress : nil }
    guard answering.isEmpty else { return containerProblem }
    if let told = attempts.first(where: { $0.outcome == .forbidden }) { return forbidden(told) }
    if first.candidate.place == .configured { return configured(first) }
    if facts.isContainer { return inContainer(attempts) }
    switch facts.kind {
    case .wsl(.nat): return windows()
    case .wsl, .wsl1: return sharedLoopback()
    case .linux: return linux()
    }
  }

  private var unknownAddress: ModelProblem {
    ModelProblem(
      .unreachable, "llm.address: `auto` finds only an Ollama; any other server's address has to be written down.",
      [.init(.settings, "llm: { api: openai, address: http://host:port }")])
  }

  // MARK: This host

  private func linux() -> ModelProblem {
    let loopback = attempts.first { $0.candidate.place == .thisHost }
    if case .somethingElse(let what) = loopback?.outcome {
      return ModelProblem(
        .somethingElse, "Port 11434 of this machine is another program's: \(what).",
        [.init(.here, "sudo ss -ltnp 'sport = :11434'")])
    }
    if loopback?.outcome == .silent, !facts.listening.isEmpty {
      return ModelProblem(
        .firewall, "Something listens on port 11434 but does not answer: a firewall drops the packets, or it hangs.",
        [.init(.linux, "sudo iptables -S INPUT"), .init(.linux, "sudo systemctl restart ollama")])
    }
    if let host = facts.listening.first, loopback?.outcome == .refused {
      return ModelProblem(
        .unreachable, "Ollama listens at \(host) only, where `auto` does not look.",
        [.init(.settings, "llm: { address: http://\(host):11434 }")])
    }
    guard facts.hasOllama || facts.hasOllamaUnit else {
      return ModelProblem(
        .notInstalled, "No Ollama answers on this machine, and none is installed on it.",
        [ModelRemedies.install, .init(.settings, "llm: { address: http://host:port }")])
    }
    return ModelProblem(
      .notRunning, "Ollama is installed but does not run: nothing listens at 127.0.0.1:11434.", [ModelRemedies.start(facts)])
  }

  private func sharedLoopback() -> ModelProblem {
    if facts.answersOnWindows == true {
      return ModelProblem(
        .wslNetworking,
        "Ollama answers on Windows, but 127.0.0.1 of this WSL is not Windows': its networking mode does not share it.",
        [ModelRemedies.mirrored, ModelRemedies.bindOnWindows])
    }
    return ModelProblem(
      .notRunning, "Nothing listens at 127.0.0.1:11434, which this WSL shares with Windows: Ollama does not run on either side.",
      [ModelRemedies.startOnWindows, ModelRemedies.start(facts)])
  }

  /// WSL in its NAT mode: Windows is another machine, with its firewall between.
  private func windows() -> ModelProblem {
    guard let attempt = attempts.first(where: { $0.candidate.place == .windows }) else {
      return ModelProblem(
        .wslNetworking, "This WSL has no default gateway, so Windows has no address here.",
        [.init(.windows, "wsl --shutdown"), ModelRemedies.mirrored])
    }
    let allow = ModelRemedies.allowOnWindows(windowsNetwork, port: 11434)
    if facts.answersOnWindows == false {
      return ModelProblem(
        .notRunning, "Ollama runs neither in this WSL nor on Windows.",
        [ModelRemedies.startOnWindows, ModelRemedies.start(facts)])
    }
    let isBoundWide = facts.answersOnWindowsAddress
    if facts.answersOnWindows == true, isBoundWide == false {
      return ModelProblem(
        .loopbackOnly, "Ollama runs on Windows but listens only at its 127.0.0.1, which this WSL cannot reach (NAT).",
        [ModelRemedies.bindOnWindows, allow, ModelRemedies.mirrored])
    }
    switch attempt.outcome {
    case .silent:
      return ModelProblem(
        .firewall, "Windows' firewall drops what this WSL sends to port 11434 (\(attempt.candidate.address)).",
        isBoundWide == true ? [allow] : [allow, ModelRemedies.bindOnWindows])
    case .refused:
      return ModelProblem(
        .loopbackOnly,
        "Windows is there (\(attempt.candidate.address)), but nothing listens on its port 11434 for WSL: Ollama does not run, or listens only at 127.0.0.1.",
        [ModelRemedies.bindOnWindows, allow, ModelRemedies.startOnWindows])
    default:
      return ModelProblem(
        .unreachable, "Windows (\(attempt.candidate.address)) \(attempt.words).", [allow, ModelRemedies.mirrored])
    }
  }

  private var windowsNetwork: String {
    guard let gateway = facts.defaultGateway, !gateway.hasPrefix("172.") else { return ModelRemedies.privateBridges }
    return RouteTable(facts.routes).network(of: gateway) ?? ModelRemedies.privateBridges
  }

  // MARK: An address of the settings

  private func configured(_ attempt: ServerAttempt) -> ModelProblem {
    let address = attempt.candidate.address
    let host = OllamaHost(address)
    switch attempt.outcome {
    case .unknownName:
      return ModelProblem(
        .unknownName, "llm.address: the name \(host.host) has no address here.", [.init(.settings, "llm: { address: auto }")])
    case .somethingElse(let what):
      return ModelProblem(
        .somethingElse, "llm.address: \(address) is no \(api == .ollama ? "Ollama" : "server of that API"): \(what).",
        [.init(.settings, api == .ollama ? "llm: { api: openai }" : "llm: { api: ollama }")])
    case .refused: return refused(address, host)
    case .silent, .unreachable: return unanswered(attempt, host)
    case .forbidden, .answered: return forbidden(attempt)
    }
  }

  private func refused(_ address: String, _ host: OllamaHost) -> ModelProblem {
    if host.isLoopback {
      return ModelProblem(
        .notRunning, "Nothing listens at \(address): the server does not run.",
        api == .ollama ? [ModelRemedies.start(facts)] : [.init(.here, "leanto status")])
    }
    let isLocal = !facts.listening.isEmpty && facts.listening.allSatisfy(ListeningSockets.isLoopback)
    if isLocal {
      return ModelProblem(
        .loopbackOnly, "Ollama runs on this machine but listens only at 127.0.0.1, not at \(address).",
        [.init(.settings, "llm: { address: auto, bridge: on }"), ModelRemedies.bindOnLinux])
    }
    return ModelProblem(
      .loopbackOnly,
      "\(host.host) is there, but nothing listens on its port \(host.port): Ollama listens only at its 127.0.0.1, or does not run.",
      ModelRemedies.bindAnywhere)
  }

  private func unanswered(_ attempt: ServerAttempt, _ host: OllamaHost) -> ModelProblem {
    if facts.absentNeighbours.contains(host.host) {
      return ModelProblem(
        .unreachable, "No machine has the address \(host.host): it is off, or has another address now.",
        [.init(.here, "ping -c 3 \(host.host)")])
    }
    if case .unreachable(let reason) = attempt.outcome {
      return ModelProblem(.unreachable, "\(host.host) cannot be reached: \(reason).", [.init(.here, "ip route get \(host.host)")])
    }
    let network = RouteTable(facts.routes).network(of: host.host) ?? "LocalSubnet"
    let rules = ModelRemedies.allowOnLinux(network, port: host.port)
    return ModelProblem(
      .firewall, "\(host.host) does not answer on port \(host.port) at all: its firewall drops the packets.",
      rules + [ModelRemedies.allowOnWindows(network, port: host.port)])
  }

  private func forbidden(_ attempt: ServerAttempt) -> ModelProblem {
    let address = attempt.candidate.address
    return ModelProblem(
      .forbidden,
      "Ollama at \(address) listens at loopback and refuses other names in the Host field (403 without a word): something passes the request on to it.",
      [ModelRemedies.bindOnLinux, ModelRemedies.bindOnWindows, .init(.settings, "llm: { address: http://127.0.0.1:11434 }")])
  }

  // MARK: Containers

  private var containerProblem: ModelProblem? {
    guard !fromContainer.isEmpty, !fromContainer.contains(where: \.isAnswered) else { return nil }
    return inContainer(fromContainer)
  }

  private func inContainer(_ attempts: [ServerAttempt]) -> ModelProblem {
    if let told = attempts.first(where: { $0.outcome == .forbidden }) { return forbidden(told) }
    let named = attempts.first { $0.candidate.place == .dockerHost }
    let others = attempts.filter { $0.candidate.place != .thisHost }
    if named?.outcome == .unknownName, !others.contains(where: { $0.outcome == .refused || $0.outcome == .silent }) {
      return ModelProblem(
        .noHostGateway, "host.docker.internal has no address in the container: Docker was not told to give it one.",
        [ModelRemedies.hostGateway, ModelRemedies.bridge])
    }
    if others.contains(where: { $0.outcome == .refused }) {
      return ModelProblem(
        .loopbackOnly, "The container reaches its host, but Ollama listens there only at 127.0.0.1.",
        [ModelRemedies.bridge, ModelRemedies.bindOnLinux, ModelRemedies.bindOnWindows])
    }
    if others.contains(where: { $0.outcome == .silent }) {
      return ModelProblem(
        .firewall, "The host's firewall drops what containers send to port 11434.",
        [ModelRemedies.bridge] + ModelRemedies.allowOnLinux(ModelRemedies.stacks, port: 11434))
    }
    let seen = others.map { "\($0.candidate.address) \($0.words)" }.joined(separator: "; ")
    return ModelProblem(.unreachable, "The container cannot reach its host: \(seen).", [ModelRemedies.bridge])
  }
}

extension ModelProblem {
  /// For a server that answers but lacks the model.
  package static func missing(_ model: String, of models: [String], api: ModelServer.API) -> ModelProblem {
    let known = models.isEmpty ? "it has none" : "it has: " + models.prefix(8).joined(separator: ", ")
    let remedy: Remedy =
      api == .ollama
      ? .init(.here, "leanto models pull \(model)") : .init(.settings, "llm: { models: [\(models.first ?? model)] }")
    return ModelProblem(.modelMissing, "The server does not have the model \(model); \(known).", [remedy])
  }

  /// What a server's refusal of a real question means. Nil: nothing that a person could mend.
  package static func refused(_ error: ModelError, model: String) -> ModelProblem? {
    switch error {
    case .refused(403, ""):
      return ModelProblem(
        .forbidden, "Ollama refuses the request (403 without a word): its rules for Host or Origin forbid it.",
        [ModelRemedies.bindOnLinux, ModelRemedies.bindOnWindows])
    case .refused(404, _):
      return ModelProblem(
        .modelMissing, "The server does not have the model \(model).", [.init(.here, "leanto models pull \(model)")])
    case .refused(500..., let message), .gaveUp(let message):
      guard isAboutMemory(message) else { return nil }
      return ModelProblem(
        .outOfMemory, "\(model) does not fit into the memory of its machine: \(message)",
        [.init(.here, "leanto models unload"), .init(.settings, "llm: { models: [a smaller one, or more quantised] }")])
    default: return nil
    }
  }

  /// Words of llama.cpp's and Ollama's messages; only what is told depends on them, nothing is done by them.
  private static func isAboutMemory(_ message: String) -> Bool {
    let message = message.lowercased()
    return ["more system memory", "out of memory", "unable to allocate", "failed to allocate", "signal: killed"]
      .contains { message.contains($0) }
  }
}
