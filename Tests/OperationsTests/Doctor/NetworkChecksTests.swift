import Client
import Model
import TestSupport
import Testing

@testable import Operations

@Suite("The doctor: ports, names, clock, IPv6, WSL, containers")
struct NetworkChecksTests {
  private static let local = DoctorPlan.Place(key: "gateway.local", address: .tcp(host: "127.0.0.1", port: 8080))
  private static let six = DoctorPlan.Place(key: "gateway.lan", address: .tcp(host: "fd00::5", port: 8443))

  private static func ports(_ words: String?, process: Int32? = 7, daemon: Int32? = nil) -> [Finding] {
    NetworkChecks.ports([local], holder: { _ in words.map { (process, $0) } }, daemon: daemon)
  }

  private static func clock(_ offset: Double?, isWSL: Bool = false) -> [Finding] {
    [NetworkChecks.clock(offset: offset, isWSL: isWSL)]
  }

  private static func names(_ localhost: [String], outside: String? = nil, resolves: Bool = true, isWSL: Bool = false)
    -> [Finding]
  {
    NetworkChecks.names(
      .init(localhost: localhost, outside: outside, outsideResolves: resolves, servers: ["10.0.0.1"]), isWSL: isWSL)
  }

  private static func ipv6(
    off: Bool = false, loopback: Bool = true, route: Bool = false, global: Bool = false, _ places: [DoctorPlan.Place] = [local],
    localhost: [String] = ["127.0.0.1"]
  ) -> [Finding] {
    [
      NetworkChecks.ipv6(
        .init(isOff: off, hasLoopback: loopback, hasDefaultRoute: route, hasGlobalAddress: global), places: places,
        localhost: localhost)
    ]
  }

  private static func agents(_ names: [(String, Int32)], tunnel: String = "ngrok", own: Set<Int32> = []) -> [Finding] {
    [NetworkChecks.agents(names.map { (name: $0.0, process: $0.1) }, tunnel: tunnel, own: own)]
  }

  private static func wsl(_ kernel: String, first: String = "systemd") -> [Finding] {
    WSLChecks.findings(FaultyHost.host { $0.kernel = kernel }, first: first)
  }

  static let rows: [Seen] = [
    Seen("a free port", ports(nil), .ok, "are free"),
    Seen(
      "a taken port", ports("port 8080 is taken by python3 (pid 7)"), .problem,
      "gateway.local wants 127.0.0.1:8080, and port 8080 is taken by python3", "sudo ss -ltnp 'sport = :8080'"),
    Seen(
      "another proxy", ports("port 8080 is taken by nginx (pid 7)"), .problem, "another reverse proxy is in the way", "ss -ltnp"),
    Seen("our own daemon", ports("port 8080 is taken by leanto (pid 7)", daemon: 7), .ok, "has its ports"),
    Seen("a right clock", clock(1.2), .ok, "clock is right"),
    Seen("no clock to compare with", clock(nil), .skipped, "could be asked"),
    Seen("a slow clock", clock(-12), .warning, "12 s behind", "timedatectl set-ntp true"),
    Seen("a wrong clock", clock(3600), .problem, "3600 s ahead", "timedatectl"),
    Seen("a wrong clock in WSL", clock(-3600, isWSL: true), .problem, "behind", "hwclock -s"),
    Seen("names", names(["127.0.0.1", "::1"], outside: "a.example"), .ok, "have addresses"),
    Seen("no localhost", names([]), .problem, "localhost has no address", "/etc/hosts"),
    Seen("a localhost elsewhere", names(["192.168.1.5"]), .problem, "localhost is 192.168.1.5", "/etc/hosts"),
    Seen(
      "no names from outside", names(["127.0.0.1"], outside: "a.example", resolves: false), .problem,
      "a.example has no address here (asked 10.0.0.1)", "resolvectl"),
    Seen(
      "no names in WSL", names(["127.0.0.1"], outside: "a.example", resolves: false, isWSL: true), .problem, "the stack needs it",
      "wsl --shutdown"),
    Seen("IPv6", ipv6(route: true, global: true), .ok, "as it should be"),
    Seen("no IPv6, not needed", ipv6(off: true, loopback: false), .ok, "nothing needs it"),
    Seen(
      "no IPv6, asked for", ipv6(off: true, loopback: false, [six]), .problem, "gateway.lan is [fd00::5]:8443",
      "write an IPv4 address"),
    Seen(
      "localhost is ::1 without IPv6", ipv6(off: true, loopback: false, localhost: ["::1", "127.0.0.1"]), .warning,
      "try it first", "/etc/hosts"),
    Seen("a way out without an address", ipv6(route: true), .warning, "begin with a wait", "ip -6 addr"),
    Seen("no tunnel", agents([("ngrok", 5)], tunnel: "none"), .skipped, "is none"),
    Seen("our own agent", agents([("ngrok", 5)], own: [5]), .ok, "No other ngrok"),
    Seen("another agent", agents([("ngrok", 5)]), .warning, "Another ngrok runs (process 5)", "ps -fp 5"),
    Seen("Tailscale", agents([("tailscaled", 5)], tunnel: "tailscale"), .ok, "shared"),
    Seen("no WSL", wsl("Linux version 6.1"), .skipped, "no WSL"), Seen("a sound WSL", wsl(HostFactsTests.wslKernel), .ok, "NAT"),
    Seen("WSL 1", wsl("Linux version 4.4.0-19041-Microsoft"), .problem, "WSL 1", "wsl --set-version"),
    Seen("a WSL without systemd", wsl(HostFactsTests.wslKernel, first: "init"), .warning, "No systemd", "/etc/wsl.conf"),
    Seen("a present Docker", docker("27.3.1"), .ok, "Docker 27.3.1 answers"),
    Seen("an old Docker", docker("20.10.24+dfsg1"), .warning, "works but is old", "get.docker.com"),
    Seen("a very old Docker", docker("19.03.9"), .problem, "too old", "get.docker.com"),
    Seen("a rootless Docker", docker("27.3.1", isRootless: true), .warning, "rootless", "llm.bridge: on"),
    Seen("no Docker, wanted", lacks(.notInstalled, .always), .problem, "not installed", "get.docker.com"),
    Seen("no Docker, auto", lacks(.notInstalled, .wherePossible), .skipped, "without it"),
    Seen("no Docker, native", lacks(.notInstalled, .never), .skipped, "without containers"),
    Seen(
      "a Docker that is not ours to use",
      ContainerChecks.docker(
        .failure(DockerProblem(errors: "permission denied while trying to connect to the Docker daemon socket")),
        wanted: .wherePossible), .warning, "may not talk to Docker", "usermod -aG docker"),
    Seen(
      "a Docker that is stopped",
      ContainerChecks.docker(
        .failure(
          DockerProblem(
            errors: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?")),
        wanted: .always), .problem, "does not run", "systemctl start docker"),
    Seen(
      "an old Compose", ContainerChecks.docker(.failure(.oldCompose("2.10.0")), wanted: .always), .problem,
      "Compose 2.10.0 is too old", "docker-compose-plugin"),
    Seen("no forwarding", firewall(forwards: false), .problem, "ip_forward is 0", "sysctl -w net.ipv4.ip_forward=1"),
    Seen(
      "ufw without a rule", firewall(ufw: "Status: active\n\n22/tcp ALLOW Anywhere\n"), .warning, "ufw is active",
      "sudo ufw allow from 10.83.0.0/16 to any port 8082"),
    Seen("ufw with a rule", firewall(ufw: "Status: active\n\n8082/tcp ALLOW 10.83.0.0/16\n"), .ok, "No rule keeps"),
    Seen(
      "a firewall that drops", firewall(input: "-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n"), .warning,
      "drops what nobody allowed", "iptables -I INPUT -s 10.83.0.0/16"),
    Seen(
      "a firewall that lets bridges in", firewall(input: "-P INPUT DROP\n-A INPUT -i br-abc -j ACCEPT\n"), .ok, "No rule keeps"),
    Seen(
      "no containers", [ContainerChecks.firewall(.init(forwards: false, input: nil, ufw: nil), usesContainers: false, port: nil)],
      .skipped, "No containers"),
  ]

  private static func docker(_ engine: String, isRootless: Bool = false) -> [Finding] {
    ContainerChecks.docker(
      .success(DockerSurvey(engine: engine, apiVersion: "1.45", compose: "2.32.0", isRootless: isRootless, isDesktop: false)),
      wanted: .always)
  }

  private static func lacks(_ problem: DockerProblem, _ wanted: DoctorPlan.Containers) -> [Finding] {
    ContainerChecks.docker(.failure(problem), wanted: wanted)
  }

  private static func firewall(forwards: Bool = true, input: String? = nil, ufw: String? = nil) -> [Finding] {
    [ContainerChecks.firewall(.init(forwards: forwards, input: input, ufw: ufw), usesContainers: true, port: 8082)]
  }

  @Test("What was seen leads to a verdict, a sentence and a command", arguments: rows)
  func verdict(seen: Seen) { seen.check() }

  @Test("IPv6 is read from the kernel's tables")
  func tables() {
    let addresses = """
      00000000000000000000000000000001 01 80 10 80       lo
      fe8000000000000000000000000000aa 02 40 20 80     eth0
      """
    let refusing =
      "00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n"
    let way =
      "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00450003     eth0\n"
    #expect(
      NetworkChecks.ipv6(addresses: addresses, routes: refusing, disabled: "0\n")
        == .init(isOff: false, hasLoopback: true, hasDefaultRoute: false, hasGlobalAddress: false))
    #expect(NetworkChecks.ipv6(addresses: addresses, routes: refusing + way, disabled: "0\n").hasDefaultRoute)
    #expect(NetworkChecks.ipv6(addresses: nil, routes: "", disabled: "").isOff)
  }

  @Test(
    "Dates of servers are read", arguments: [("Tue, 24 Nov 2026 11:46:54 GMT", 1_795_520_814.0 as Double?), ("yesterday", nil)])
  func dates(text: String, seconds: Double?) { #expect(HTTPDate.seconds(text) == seconds) }
}

@Suite("The doctor on this machine")
struct DoctorOnThisMachineTests {
  @Test("A port that somebody took is found with its holder; every check comes back in time and in whole sentences")
  func realPort() async throws {
    let deaf = try ScriptedServer { _ in }
    let folder = try ScratchFolder("doctor")
    try folder.folder("secrets")
    var plan = DoctorPlan(directory: StackDirectory(path: folder.path))
    plan.listeners = [.init(key: "gateway.local", address: .tcp(host: "127.0.0.1", port: deaf.port))]
    plan.containers = .never
    plan.modelAddresses = ["http://127.0.0.1:1"]
    let checks = DoctorChecks.all(plan, client: .init(), variables: [:]) { 1_795_520_814 }
    let found = await Doctor.examine(checks, limit: .seconds(60))
    let port = try #require(found.first { $0.check == "ports" })
    #expect(port.verdict == .problem && port.sentence.contains("port \(deaf.port) is taken by"))
    let model = try #require(found.first { $0.check == "llm" })
    #expect(model.verdict == .problem && model.sentence.contains("Nothing listens at http://127.0.0.1:1"))
    for finding in found {
      #expect(finding.sentence.hasSuffix("."), "\(finding)")
      #expect(finding.verdict == .ok || finding.verdict == .skipped || !finding.commands.isEmpty, "\(finding)")
    }
    let names = Set(found.map(\.check))
    for name in [
      "wsl", "disk", "memory", "cgroup", "upgrades", "certificate", "secrets", "owners", "data", "keys", "ports", "tunnel-agent",
      "dns", "ipv6", "clock", "docker", "firewall", "llm",
    ] {
      #expect(names.contains(name), "\(name)")
    }
  }

  @Test(
    "The model's server that answers but lacks a model is told, and one that has all is fine",
    .enabled(if: OllamaStandIn.canRun, "needs python3"))
  func models() async throws {
    let standIn = try await OllamaStandIn()
    let finder = ModelFinder(client: .init()) { HostFacts() }
    let diagnosis = await finder.look([standIn.address], api: .ollama)
    let fine = ModelChecks.findings(diagnosis, names: ["gemma3:270m"], wanted: ["gemma3:270m"])
    #expect(fine.allSatisfy { $0.verdict == .ok } && fine.count == 2)
    let lacking = ModelChecks.findings(diagnosis, names: ["gemma3:270m"], wanted: ["llama9"])
    #expect(lacking.last?.verdict == .problem && lacking.last?.commands == ["leanto models pull llama9"])
    #expect(ModelChecks.findings(diagnosis, names: [], wanted: []).last?.verdict == .warning)
  }
}
