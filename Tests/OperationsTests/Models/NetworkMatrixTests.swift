import Client
import TestSupport
import Testing

@testable import Operations

/// The faults made for real: the stand-in for Ollama on another machine (a network namespace), with its own firewall; asked from here
/// as from a WSL in NAT mode, over a LAN, or from a container.
@Suite(
  "Ollama on another machine", .serialized,
  .enabled(if: NetworkNamespace.canRun && OllamaStandIn.canRun, "\(NetworkNamespace.reason)"))
struct NetworkMatrixTests {
  /// Ports of their own: on 11434 of this machine an Ollama may run.
  static let port: UInt16 = 21434

  private func look(
    _ machine: NetworkNamespace, as place: ServerCandidate.Place, _ facts: HostFacts = HostFacts(), host: String? = nil
  )
    async -> (ServerAttempt, ModelProblem?)
  {
    let candidate = ServerCandidate(address: "http://\(host ?? machine.there):\(Self.port)", place: place)
    let search = ServerSearch(client: HTTPClient(), limit: .seconds(2))
    var facts = facts
    let attempts = await search.attempts([candidate], api: .ollama)
    facts.absentNeighbours = HostSurvey.absentNeighbours()
    return (attempts[0], ModelDiagnosis(facts: facts, attempts: attempts).problem)
  }

  private var wsl: HostFacts { FaultyHost.wsl("nat", onWindows: nil) }

  @Test("Beyond loopback and let through, it is found")
  func found() async throws {
    let machine = try NetworkNamespace(number: 1)
    let ollama = try await OllamaStandIn(host: "0.0.0.0", port: Self.port, prefix: machine.prefix)
    let (attempt, problem) = await look(machine, as: .windows, wsl)
    #expect(attempt.outcome == .answered(version: "0.0.0") && problem == nil)
    #expect(ollama.port == Self.port)
  }

  @Test("Not running: the machine is there and refuses, which a WSL is told with both reasons")
  func notRunning() async throws {
    let machine = try NetworkNamespace(number: 2)
    let (attempt, problem) = await look(machine, as: .windows, wsl)
    #expect(attempt.outcome == .refused && problem?.cause == .loopbackOnly)
    var asked = wsl
    asked.answersOnWindows = false
    #expect(await look(machine, as: .windows, asked).1?.cause == .notRunning)
  }

  @Test(
    "Bound to its own loopback: refused from here, whatever we are",
    arguments: [ServerCandidate.Place.windows, .configured, .dockerHost])
  func loopbackOnly(place: ServerCandidate.Place) async throws {
    let machine = try NetworkNamespace(number: 3)
    let ollama = try await OllamaStandIn(host: "127.0.0.1", port: Self.port, prefix: machine.prefix)
    let facts = place == .windows ? wsl : FaultyHost.host { $0.isContainer = place == .dockerHost }
    let (attempt, problem) = await look(machine, as: place, facts)
    #expect(attempt.outcome == .refused && problem?.cause == .loopbackOnly && ollama.port == Self.port)
  }

  @Test(
    "A firewall that drops: silence, and the rule to add names our network",
    arguments: [ServerCandidate.Place.windows, .configured, .dockerHost])
  func firewall(place: ServerCandidate.Place) async throws {
    let machine = try NetworkNamespace(number: 4)
    let ollama = try await OllamaStandIn(host: "0.0.0.0", port: Self.port, prefix: machine.prefix)
    try machine.run("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "\(Self.port)", "-j", "DROP")
    var facts = place == .windows ? wsl : FaultyHost.host { $0.isContainer = place == .dockerHost }
    if place == .configured { facts.routes = await HostSurvey.facts([:]).routes }
    let (attempt, problem) = await look(machine, as: place, facts)
    #expect(attempt.outcome == .silent && problem?.cause == .firewall && ollama.port == Self.port)
    if place == .configured {
      #expect(problem?.remedies.first?.command.contains("from 10.251.4.0/30 to any port \(Self.port)") == true)
    }
  }

  @Test("A firewall that rejects with a word is no refusal by Ollama: it cannot be reached")
  func rejects() async throws {
    let machine = try NetworkNamespace(number: 5)
    let ollama = try await OllamaStandIn(host: "0.0.0.0", port: Self.port, prefix: machine.prefix)
    try machine.run(
      "iptables", "-A", "INPUT", "-p", "tcp", "--dport", "\(Self.port)", "-j", "REJECT", "--reject-with", "icmp-host-prohibited")
    let (attempt, problem) = await look(machine, as: .configured)
    guard case .unreachable = attempt.outcome else { return #expect(Bool(false), "\(attempt.outcome)") }
    #expect(problem?.cause == .unreachable && ollama.port == Self.port)
  }

  @Test("A machine that is off: nobody has the address")
  func absent() async throws {
    let machine = try NetworkNamespace(number: 6)
    try machine.run("ip", "addr", "flush", "dev", "lt6b\(ProcessIdentifier.own % 10000)")
    let (attempt, problem) = await look(machine, as: .configured)
    #expect(attempt.outcome != .refused && problem?.cause == .unreachable, "\(attempt.outcome), \(String(describing: problem))")
  }

  @Test("Passed on to an Ollama at loopback under a name that it does not take: 403 without a word")
  func forbidden() async throws {
    let machine = try NetworkNamespace(number: 7)
    let ollama = try await OllamaStandIn(host: "127.0.0.1", port: Self.port, prefix: machine.prefix)
    // As Tailscale's proxies do: an address of 100.64.0.0/10 whose packets end at loopback.
    try machine.run("sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1")
    try machine.run("ip", "addr", "add", "100.64.251.7/32", "dev", "lo")
    try machine.run(
      "iptables", "-t", "nat", "-A", "PREROUTING", "-p", "tcp", "--dport", "\(Self.port)", "-j", "DNAT", "--to-destination",
      "127.0.0.1:\(Self.port)")
    let route = try NetworkRoute("100.64.251.7/32", via: machine.there)
    let (attempt, problem) = await look(machine, as: .configured, host: "100.64.251.7")
    #expect(attempt.outcome == .forbidden && problem?.cause == .forbidden && ollama.port == Self.port)
    _ = route
  }

  @Test("Something else on the port is told as that")
  func somethingElse() async throws {
    let machine = try NetworkNamespace(number: 8)
    let folder = try ScratchFolder("http")
    let server = try EngineProcess(
      machine.prefix + ["/usr/bin/env", "python3", "-m", "http.server", "\(Self.port)", "--directory", folder.path],
      folder: try folder.folder("run"))
    #expect(
      await becomesTrue {
        let (attempt, problem) = await look(machine, as: .configured)
        return attempt.outcome == .somethingElse("it answers 404") && problem?.cause == .somethingElse
      })
    server.remove()
  }
}
