package import Client
internal import Glibc
internal import Model

/// Every check, with the looking that it needs.
package enum DoctorChecks {
  /// `variables`: of our environment. `now`: seconds since 1970.
  package static func all(
    _ plan: DoctorPlan, client: HTTPClient, variables: [String: String], now: @escaping @Sendable () -> Double
  ) -> [DoctorCheck] {
    machine(plan, now: now) + FileChecks.checks(plan) + network(plan, client: client, now: now) + docker(plan)
      + [model(plan, client: client, variables: variables)]
  }

  private static func machine(_ plan: DoctorPlan, now: @escaping @Sendable () -> Double) -> [DoctorCheck] {
    [
      DoctorCheck("wsl") { WSLChecks.findings(await HostSurvey.facts([:]), first: processOne) },
      DoctorCheck("disk") { MachineChecks.disk(MachineChecks.lookAtDisk(plan.directory.path)) },
      DoctorCheck("memory") {
        MachineChecks.memory(MachineChecks.lookAtMemory(), needed: plan.memory, isRunning: plan.daemon != nil)
      },
      DoctorCheck("upgrades") { [MachineChecks.upgrades(MachineChecks.lookAtUpgrades(), isContainer: HostSurvey.isContainer)] },
      DoctorCheck("certificate") {
        [MachineChecks.certificate(ends: plan.certificateEnds, isUsers: plan.certificateIsUsers, now: now())]
      },
    ]
  }

  private static var processOne: String {
    (SmallFile.text("/proc/1/comm") ?? "unknown").split(whereSeparator: \.isNewline).first.map(String.init) ?? "unknown"
  }

  private static var isWSL: Bool { (SmallFile.text("/proc/version") ?? "").lowercased().contains("microsoft") }

  private static func network(_ plan: DoctorPlan, client: HTTPClient, now: @escaping @Sendable () -> Double) -> [DoctorCheck] {
    [
      DoctorCheck("ports") { NetworkChecks.ports(plan.listeners, holder: holder, daemon: plan.daemon) },
      DoctorCheck("tunnel-agent") {
        let own = Set(ProcessTable.all().filter { $0.identifier == plan.daemon || $0.parent == plan.daemon }.map(\.identifier))
        return [NetworkChecks.agents(ProcessTable.all().map { ($0.command, $0.identifier) }, tunnel: plan.tunnel, own: own)]
      },
      DoctorCheck("dns") { NetworkChecks.names(await names(plan), isWSL: isWSL) },
      DoctorCheck("ipv6") {
        let seen = NetworkChecks.ipv6(
          addresses: SmallFile.text("/proc/net/if_inet6"), routes: SmallFile.text("/proc/net/ipv6_route") ?? "",
          disabled: SmallFile.text("/proc/sys/net/ipv6/conf/all/disable_ipv6") ?? "0")
        return [NetworkChecks.ipv6(seen, places: plan.listeners, localhost: await addresses("localhost"))]
      },
      DoctorCheck("clock") {
        [NetworkChecks.clock(offset: await ClockQuestion(client: client, now: now).offset(plan), isWSL: isWSL)]
      },
    ]
  }

  private static func holder(_ address: Address) -> (process: Int32?, words: String)? {
    guard let words = PortHolder.problem(address) else { return nil }
    return (address.portNumber.flatMap { PortHolder.find(port: $0)?.processIdentifier }, words)
  }

  private static func names(_ plan: DoctorPlan) async -> NetworkChecks.Names {
    let outside = plan.tunnel == "none" ? nil : plan.tunnel == "ngrok" ? "connect.ngrok-agent.com" : plan.domain
    let servers = (SmallFile.text("/etc/resolv.conf") ?? "").split(whereSeparator: \.isNewline).compactMap { line in
      line.hasPrefix("nameserver ") ? String(line.dropFirst(11)) : nil
    }
    async let localhost = addresses("localhost")
    let resolves = if let outside { await !addresses(outside).isEmpty } else { true }
    return NetworkChecks.Names(localhost: await localhost, outside: outside, outsideResolves: resolves, servers: servers)
  }

  /// As programs of this machine see them.
  private static func addresses(_ name: String) async -> [String] {
    let answer = await HostCommand.ask(["getent", "ahosts", name], limit: .seconds(4))
    let found = (answer?.text ?? "").split(whereSeparator: \.isNewline).compactMap {
      $0.split(separator: " ").first.map(String.init)
    }
    return found.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func docker(_ plan: DoctorPlan) -> [DoctorCheck] {
    [
      DoctorCheck("docker") {
        guard plan.containers != .never else { return [Finding("docker", .skipped, "The stack runs without containers.")] }
        return ContainerChecks.docker(await survey(), wanted: plan.containers)
      },
      DoctorCheck("firewall") {
        guard plan.containers != .never, case .success = await survey() else {
          return [ContainerChecks.firewall(.init(forwards: true, input: nil, ufw: nil), usesContainers: false, port: nil)]
        }
        return [ContainerChecks.firewall(await firewall(), usesContainers: true, port: plan.internalPort)]
      },
    ]
  }

  private static func survey() async -> Result<DockerSurvey, DockerProblem> {
    do {
      return .success(try await DockerSurvey.take(seconds: 4))
    } catch {
      return .failure(error as? DockerProblem ?? DockerProblem(.other, "\(error)"))
    }
  }

  private static func firewall() async -> ContainerChecks.Firewall {
    let forwards = SmallFile.text("/proc/sys/net/ipv4/ip_forward")?.hasPrefix("1") ?? true
    async let input = HostCommand.ask(["iptables", "-S", "INPUT"], limit: .seconds(3))
    async let ufw = HostCommand.ask(["ufw", "status"], limit: .seconds(3))
    let (rules, status) = (await input, await ufw)
    return ContainerChecks.Firewall(
      forwards: forwards, input: rules?.status == 0 ? rules?.text : nil, ufw: status?.status == 0 ? status?.text : nil)
  }

  private static func model(_ plan: DoctorPlan, client: HTTPClient, variables: [String: String]) -> DoctorCheck {
    DoctorCheck("llm") {
      let finder = ModelFinder(client: client) { await HostSurvey.facts(variables) }
      let diagnosis = await finder.look(plan.modelAddresses, api: plan.modelAPI)
      var names: [String]?
      if let server = diagnosis.answering.first {
        names = try? await ModelServer(address: server.address, api: plan.modelAPI, client: client).models()
      }
      return ModelChecks.findings(diagnosis, names: names, wanted: plan.models)
    }
  }
}
