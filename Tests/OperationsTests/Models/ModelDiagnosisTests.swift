import Testing

@testable import Operations

/// One machine on which no model server is to be had, and what a person should read there.
struct FaultyHost: Sendable, CustomTestStringConvertible {
  var name: String
  var facts = HostFacts()
  var seen: [(ServerCandidate.Place, String, ServerAttempt.Outcome)]
  var fromContainer: [(ServerCandidate.Place, String, ServerAttempt.Outcome)] = []
  var cause: ModelProblem.Cause
  /// Of the sentence.
  var says: String
  /// Of the remedies, in this order.
  var commands: [String]

  var testDescription: String { name }

  static func host(_ change: (inout HostFacts) -> Void) -> HostFacts {
    var facts = HostFacts()
    change(&facts)
    return facts
  }

  static let loopback = "http://127.0.0.1:11434"
  static let windows = "http://172.28.112.1:11434"
  static let docker = "http://host.docker.internal:11434"

  static func wsl(_ mode: String, onWindows: Bool?, atAddress: Bool? = nil) -> HostFacts {
    host {
      ($0.kernel, $0.routes, $0.networkingMode) = (HostFactsTests.wslKernel, HostFactsTests.wslRoutes, mode)
      ($0.answersOnWindows, $0.answersOnWindowsAddress) = (onWindows, atAddress)
    }
  }

  static let all: [FaultyHost] = [
    FaultyHost(
      name: "Linux without Ollama", seen: [(.thisHost, loopback, .refused)], cause: .notInstalled, says: "none is installed",
      commands: ["ollama.com/install.sh"]),
    FaultyHost(
      name: "Linux, Ollama stopped, with a unit", facts: host { ($0.hasOllama, $0.hasOllamaUnit) = (true, true) },
      seen: [(.thisHost, loopback, .refused)], cause: .notRunning, says: "does not run",
      commands: ["sudo systemctl enable --now ollama"]),
    FaultyHost(
      name: "Linux, Ollama stopped, without a unit", facts: host { $0.hasOllama = true }, seen: [(.thisHost, loopback, .refused)],
      cause: .notRunning, says: "does not run", commands: ["ollama serve"]),
    FaultyHost(
      name: "another program on the port", seen: [(.thisHost, loopback, .somethingElse("it answers 404"))], cause: .somethingElse,
      says: "another program", commands: ["ss -ltnp"]),
    FaultyHost(
      name: "a firewall on loopback", facts: host { $0.listening = ["127.0.0.1"] }, seen: [(.thisHost, loopback, .silent)],
      cause: .firewall, says: "does not answer", commands: ["iptables -S INPUT"]),
    FaultyHost(
      name: "bound to a LAN address alone", facts: host { $0.listening = ["192.168.1.5"] },
      seen: [(.thisHost, loopback, .refused)],
      cause: .unreachable, says: "192.168.1.5 only", commands: ["llm: { address: http://192.168.1.5:11434 }"]),
    FaultyHost(
      name: "refused by the Host rule", seen: [(.thisHost, loopback, .forbidden)], cause: .forbidden, says: "Host field",
      commands: ["OLLAMA_HOST=0.0.0.0:11434", "setx OLLAMA_HOST"]),
    FaultyHost(
      name: "WSL NAT, stopped on Windows", facts: wsl("nat", onWindows: false),
      seen: [(.thisHost, loopback, .refused), (.windows, windows, .silent)], cause: .notRunning,
      says: "neither in this WSL nor on Windows",
      commands: ["ollama app.exe"]),
    FaultyHost(
      name: "WSL NAT, bound to Windows' loopback", facts: wsl("nat", onWindows: true, atAddress: false),
      seen: [(.thisHost, loopback, .refused), (.windows, windows, .silent)], cause: .loopbackOnly, says: "only at its 127.0.0.1",
      commands: ["setx OLLAMA_HOST \"0.0.0.0:11434\"", "New-NetFirewallRule", "networkingMode=mirrored"]),
    FaultyHost(
      name: "WSL NAT, Windows' firewall", facts: wsl("nat", onWindows: true, atAddress: true),
      seen: [(.thisHost, loopback, .refused), (.windows, windows, .silent)], cause: .firewall, says: "Windows' firewall drops",
      commands: [
        "New-NetFirewallRule -DisplayName \"Ollama for WSL and Docker\" -Direction Inbound -Protocol TCP -LocalPort 11434 -RemoteAddress 172.16.0.0/12"
      ]),
    FaultyHost(
      name: "WSL NAT, silent, Windows not asked", facts: wsl("nat", onWindows: nil),
      seen: [(.thisHost, loopback, .refused), (.windows, windows, .silent)], cause: .firewall, says: "drops",
      commands: ["New-NetFirewallRule", "setx"]),
    FaultyHost(
      name: "WSL NAT, refused, Windows not asked", facts: wsl("nat", onWindows: nil),
      seen: [(.thisHost, loopback, .refused), (.windows, windows, .refused)], cause: .loopbackOnly,
      says: "does not run, or listens only",
      commands: ["setx", "New-NetFirewallRule", "ollama app.exe"]),
    FaultyHost(
      name: "WSL NAT without a route", facts: host { $0.kernel = HostFactsTests.wslKernel },
      seen: [(.thisHost, loopback, .refused)],
      cause: .wslNetworking, says: "no default gateway", commands: ["wsl --shutdown"]),
    FaultyHost(
      name: "WSL mirrored, stopped", facts: wsl("mirrored", onWindows: false), seen: [(.thisHost, loopback, .refused)],
      cause: .notRunning, says: "either side", commands: ["ollama app.exe"]),
    FaultyHost(
      name: "WSL that shares no loopback", facts: wsl("virtioproxy", onWindows: true), seen: [(.thisHost, loopback, .refused)],
      cause: .wslNetworking, says: "does not share it", commands: ["networkingMode=mirrored", "setx"]),
    FaultyHost(
      name: "a name without an address", seen: [(.configured, "http://gpu.lan:11434", .unknownName)], cause: .unknownName,
      says: "gpu.lan has no address", commands: ["address: auto"]),
    FaultyHost(
      name: "a LAN machine that refuses", seen: [(.configured, "http://192.168.1.5:11434", .refused)], cause: .loopbackOnly,
      says: "listens only at its 127.0.0.1, or does not run",
      commands: ["override", "setx", "launchctl setenv"].map { $0 == "override" ? "ollama.service.d" : $0 }),
    FaultyHost(
      name: "a LAN machine with a firewall",
      facts: host { $0.routes = HostFactsTests.wslRoutes }, seen: [(.configured, "http://172.17.0.9:11434", .silent)],
      cause: .firewall,
      says: "its firewall drops",
      commands: ["ufw allow from 172.17.0.0/16 to any port 11434", "iptables -I INPUT -s 172.17.0.0/16", "New-NetFirewallRule"]),
    FaultyHost(
      name: "a LAN machine that is off", facts: host { $0.absentNeighbours = ["192.168.1.5"] },
      seen: [(.configured, "http://192.168.1.5:11434", .silent)], cause: .unreachable, says: "No machine has the address",
      commands: ["ping"]),
    FaultyHost(
      name: "this machine's own address, Ollama at loopback", facts: host { $0.listening = ["127.0.0.1"] },
      seen: [(.configured, "http://172.17.0.1:11434", .refused)], cause: .loopbackOnly, says: "only at 127.0.0.1",
      commands: ["bridge: on", "ollama.service.d"]),
    FaultyHost(
      name: "a server of the other API", seen: [(.configured, "http://127.0.0.1:9100", .somethingElse("it answers 404"))],
      cause: .somethingElse, says: "is no Ollama", commands: ["api: openai"]),
    FaultyHost(
      name: "a container without the host's name", facts: host { $0.isContainer = true },
      seen: [(.thisHost, loopback, .refused), (.dockerHost, docker, .unknownName)], cause: .noHostGateway,
      says: "no address in the container",
      commands: ["host.docker.internal:host-gateway"]),
    FaultyHost(
      name: "from a container, Ollama at loopback", facts: host { $0.listening = ["127.0.0.1"] },
      seen: [(.thisHost, loopback, .answered(version: "1"))],
      fromContainer: [(.dockerHost, docker, .refused)], cause: .loopbackOnly, says: "listens there only at 127.0.0.1",
      commands: ["bridge: on", "ollama.service.d"]),
    FaultyHost(
      name: "from a container, the firewall", seen: [(.thisHost, loopback, .answered(version: "1"))],
      fromContainer: [(.dockerHost, docker, .silent)], cause: .firewall, says: "drops what containers send",
      commands: ["bridge: on", "ufw allow from 10.83.0.0/16", "iptables -I INPUT -s 10.83.0.0/16"]),
    FaultyHost(
      name: "from a container, the Host rule", seen: [(.thisHost, loopback, .answered(version: "1"))],
      fromContainer: [(.dockerHost, docker, .forbidden)], cause: .forbidden, says: "refuses other names",
      commands: ["OLLAMA_HOST=0.0.0.0"]),
  ]
}

@Suite("Why no model server is to be had")
struct ModelDiagnosisTests {
  private func attempts(_ rows: [(ServerCandidate.Place, String, ServerAttempt.Outcome)]) -> [ServerAttempt] {
    rows.map { ServerAttempt(candidate: ServerCandidate(address: $0.1, place: $0.0), outcome: $0.2) }
  }

  @Test("Each fault has its own cause, a sentence and the commands that mend it", arguments: FaultyHost.all)
  func fault(host: FaultyHost) throws {
    let diagnosis = ModelDiagnosis(
      facts: host.facts, attempts: attempts(host.seen), fromContainer: attempts(host.fromContainer))
    let problem = try #require(diagnosis.problem)
    #expect(problem.cause == host.cause, "\(problem)")
    #expect(problem.sentence.contains(host.says) && problem.sentence.hasSuffix("."), "\(problem.sentence)")
    for (index, command) in host.commands.enumerated() {
      #expect(
        problem.remedies.indices.contains(index) && problem.remedies[index].command.contains(command), "\(problem.remedies)")
    }
  }

  @Test("No remedy lets everybody in: firewall rules name a network")
  func narrow() throws {
    for host in FaultyHost.all {
      let problem = try #require(
        ModelDiagnosis(facts: host.facts, attempts: attempts(host.seen), fromContainer: attempts(host.fromContainer)).problem)
      for remedy in problem.remedies where remedy.command.contains("NetFirewallRule") || remedy.command.contains("ufw") {
        #expect(remedy.command.contains("-RemoteAddress ") || remedy.command.contains(" from "))
      }
    }
  }

  @Test("Where a server answers there is no problem, and the likeliest is taken first")
  func fine() {
    let rows: [(ServerCandidate.Place, String, ServerAttempt.Outcome)] = [
      (.thisHost, FaultyHost.loopback, .refused), (.windows, FaultyHost.windows, .answered(version: "0.17.4")),
      (.dockerHost, FaultyHost.docker, .answered(version: "0.17.4")),
    ]
    let diagnosis = ModelDiagnosis(facts: FaultyHost.wsl("nat", onWindows: true), attempts: attempts(rows))
    #expect(diagnosis.problem == nil)
    #expect(diagnosis.answering.map(\.address) == [FaultyHost.windows, FaultyHost.docker])
  }

  @Test("auto looks where each kind of host has it")
  func candidates() {
    func addresses(_ facts: HostFacts) -> [String] { ServerCandidate.all(facts).map(\.address) }
    #expect(addresses(HostFacts()) == [FaultyHost.loopback])
    #expect(addresses(FaultyHost.wsl("nat", onWindows: nil)) == [FaultyHost.loopback, FaultyHost.windows, FaultyHost.docker])
    #expect(addresses(FaultyHost.wsl("mirrored", onWindows: nil)) == [FaultyHost.loopback, FaultyHost.docker])
    let container = FaultyHost.host { ($0.isContainer, $0.routes) = (true, HostFactsTests.wslRoutes) }
    #expect(addresses(container) == [FaultyHost.loopback, FaultyHost.docker, FaultyHost.windows])
    #expect(addresses(FaultyHost.host { $0.ollamaHost = "0.0.0.0:9000" }) == ["http://127.0.0.1:9000", FaultyHost.loopback])
    #expect(
      ServerCandidate.all(HostFacts(), configured: ["http://a:1", "http://b:2"]).map(\.place) == [.configured, .configured])
  }

  @Test("What a server's refusal means is told where a person can mend it")
  func refusals() {
    let memory = "model requires more system memory (9.9 GiB) than is available (1.0 GiB)"
    let rows: [(ModelError, ModelProblem.Cause?)] = [
      (.refused(status: 500, message: memory), .outOfMemory), (.gaveUp(message: "CUDA error: out of memory"), .outOfMemory),
      (.refused(status: 404, message: "model 'x' not found"), .modelMissing), (.refused(status: 403, message: ""), .forbidden),
      (.refused(status: 500, message: "something else"), nil), (.refused(status: 503, message: "busy"), nil),
    ]
    for (error, cause) in rows { #expect(ModelProblem.refused(error, model: "x")?.cause == cause) }
    #expect(ModelProblem.missing("a", of: ["b"], api: .ollama).remedies.first?.command == "leanto models pull a")
    #expect(ModelProblem.missing("a", of: ["b"], api: .openai).remedies.first?.command == "llm: { models: [b] }")
  }
}
