import Model
import Settings
import Testing

@testable import Commands

@Suite("leanto up")
struct UpTests {
  /// A world in which `up` may do all that it does; each test says how that goes.
  private func world(_ statuses: [StackStatus?], words: [String] = ["up"], proofs: [Proof] = [.proven, .skipped]) -> World {
    let world = World(words)
    world.settings()
    world.statuses(statuses)
    world.proofs(proofs)
    world.environment.users = .plain
    world.add("secrets/users", "admin:hash\n")
    return world
  }

  private func starts(_ world: World, ended: Int32? = nil, log: String = "") {
    world.environment.daemon.start = { [weak world] stack in
      if !log.isEmpty { world?.add("logs/leanto.log", log) }
      return StartedDaemon(processIdentifier: 99) { ended }
    }
  }

  @Test("Starts the daemon, waits for the services, proves and shows everything")
  func start() async {
    let starting = StackStatus.sample([.sample("n8n", .starting)])
    let world = world([nil, nil, nil, starting, starting, .healthy])
    starts(world)
    #expect(await world.run() == .done)
    #expect(
      world.output.value == """
        Gateway   Address                        For
        local     http://127.0.0.1:8080/leanto/  this machine
        tunnel    127.0.0.1:8081                 the tunnel's agent only
        internal  127.0.0.1:41234                the services themselves
        Sign in   as admin with your password

        Service  State    Address                     Note
        n8n      healthy  http://127.0.0.1:8080/n8n/

        Model       gemma-3-270m (openai at http://127.0.0.1:9100), 78 tokens/s

        Proofs
        proven      basic auth: n8n
          sent      GET /n8n/ without credentials
          came back 401 with a challenge
        skipped     websocket: flowise
          because   the service has no path that echoes

        home is up: http://127.0.0.1:8080/leanto/

        """)
    #expect(world.errors.value == "")
  }

  @Test("An unchanged stack has nothing to do and is not proven again")
  func unchanged() async {
    let world = world([.healthy])
    world.environment.daemon.reload = { _ in ReloadReport(changes: [], problems: []) }
    #expect(await world.run() == .done)
    world.environment.verify = { _ in unexpected("verify") }
    world.output.change { $0 = "" }
    #expect(await world.run() == .done)
    #expect(world.output.value == "nothing to do: home is up at http://127.0.0.1:8080/leanto/\n")
    #expect(world.time.value == 1000, "it waited")
  }

  @Test(
    "An unchanged stack whose proofs failed is proven again, and one whose settings are others too", arguments: [true, false])
  func provenAgain(failed: Bool) async {
    let world = world([.healthy], proofs: [failed ? .failed : .proven])
    world.environment.daemon.reload = { _ in ReloadReport(changes: [], problems: []) }
    #expect(await world.run() == (failed ? .failed : .done))
    if !failed { world.add("leanto.yaml", "name: other\nservices: {}\n") }
    world.proofs([.proven, .skipped])
    world.output.change { $0 = "" }
    #expect(await world.run() == .done)
    #expect(world.output.value.contains("proven      basic auth: n8n"))
  }

  @Test("Interrupted while services start, it stops what it started; a daemon that ran before goes on", arguments: [false, true])
  func interrupted(ranBefore: Bool) async throws {
    let starting = StackStatus.sample([.sample("n8n", .starting)])
    let world = world(ranBefore ? [starting] : [nil, starting])
    try LiveFiles.makeDirectory(world.stack.run, mode: 0o700)
    let release = Box<(@Sendable () -> Void)?>(ranBefore ? try LiveLock.take(world.stack.daemonLock) : nil)
    let (stack, isWaiting) = (world.stack, Box(false))
    world.environment.daemon.reload = { _ in ReloadReport(changes: ["n8n: is new"], problems: []) }
    world.environment.daemon.start = { _ in
      let unlock = try LiveLock.take(stack.daemonLock)
      release.change { $0 = unlock }
      return StartedDaemon(processIdentifier: 99) { nil }
    }
    world.environment.daemon.stop = { _ in
      release.change {
        $0?(); $0 = nil
      }
    }
    world.environment.clock.sleep = { _ in
      isWaiting.change { $0 = true }
      try await Task.sleep(for: .milliseconds(5))
    }
    world.environment.terminal.interruption = { while !isWaiting.value { try await Task.sleep(for: .milliseconds(5)) } }
    #expect(await world.run() == .failed)
    #expect(world.errors.value.contains(ranBefore ? "the daemon goes on" : "what was started was stopped again"))
    #expect((LiveFiles.facts(stack.path + "/run/proven") == nil))
    #expect((release.value == nil) == !ranBefore)
    release.value?()
  }

  @Test("What changed is told, and proven")
  func changed() async {
    let world = world([.healthy])
    world.environment.daemon.reload = { _ in ReloadReport(changes: ["n8n: at is /n/"], problems: []) }
    #expect(await world.run() == .done)
    #expect(world.output.value.hasPrefix("Changed     n8n: at is /n/\n"))
    #expect(world.output.value.contains("proven      basic auth: n8n"))
  }

  @Test("Wrong settings change nothing: no lock, no daemon")
  func wrongSettings() async {
    let world = world([.healthy])
    world.environment.daemon = .refusing
    world.problems([SettingsProblem(file: "f", line: 1, path: "name", message: "should be a name")])
    #expect(await world.run() == .settings)
    #expect(world.errors.value == "f:1: name: should be a name\n")
    #expect(LiveFiles.facts(world.stack.verbLock) == nil)
  }

  @Test("Settings that only the daemon refuses end with 3 as well")
  func refusedSettings() async {
    let world = world([.healthy])
    world.environment.daemon.reload = { _ in ReloadReport(changes: [], problems: ["f:2: port 1 is taken"]) }
    #expect(await world.run() == .settings)
    #expect(world.errors.value.contains("  | f:2: port 1 is taken\nTry: leanto check\n"))
  }

  @Test("A daemon that dies is shown with the last lines of this start, and its own exit code")
  func dies() async {
    let world = world([nil])
    world.add("logs/leanto.log", "an old line\n")
    let folder = world.folder
    world.environment.daemon.start = { stack in
      let old = "an old line\n"
      try LiveFiles.remove(folder + "/logs/leanto.log")
      try LiveFiles.create(folder + "/logs/leanto.log", Array((old + "port 8080 is taken\n").utf8), mode: 0o644)
      return StartedDaemon(processIdentifier: 99) { 4 }
    }
    #expect(await world.run() == .missing)
    #expect(
      world.errors.value == """
        leanto: the daemon ended with 4 when it was started
          | port 8080 is taken
        Try: leanto serve --stack \(folder)

        """)
  }

  @Test("A daemon that dies by a signal or ends with 0 is a failure", arguments: [0, 137, 139] as [Int32])
  func killed(code: Int32) async {
    let world = world([nil])
    starts(world, ended: code)
    #expect(await world.run() == .failed)
    #expect(world.errors.value.contains("ended with \(code)"))
  }

  @Test("A daemon that never answers is ended after a bounded time")
  func silent() async {
    let world = world([nil])
    starts(world)
    let terminated = Box<[Int32]>([])
    world.environment.daemon.terminate = { identifier in terminated.change { $0.append(identifier) } }
    #expect(await world.run() == .failed)
    #expect(terminated.value == [99])
    #expect((1030...1031).contains(world.time.value))
    #expect(world.errors.value.contains("waiting for the daemon (2 s)\n"))
  }

  @Test("A daemon that holds the stack without an answer ends it with 5, by name")
  func held() async throws {
    let world = world([nil])
    try LiveFiles.makeDirectory(world.stack.run, mode: 0o700)
    let release = try LiveLock.take(world.stack.daemonLock)
    defer { release() }
    #expect(await world.run() == .busy)
    #expect(world.errors.value.contains("(process \(ownProcess()))"))
  }

  @Test("Another verb at work ends it with 5, by name")
  func busy() async throws {
    let world = world([.healthy])
    try LiveFiles.makeDirectory(world.stack.run, mode: 0o700)
    let release = try LiveLock.take(world.stack.verbLock)
    #expect(await world.run() == .busy)
    #expect(world.errors.value.contains("another leanto (process \(ownProcess())) is at work on this stack"))
    release()
    world.environment.daemon.reload = { _ in ReloadReport(changes: [], problems: []) }
    #expect(await world.run() == .done)
  }

  @Test("A failed service fails up, with its last lines, and no proofs are tried while others start")
  func failedService() async {
    let bad = StackStatus.sample([
      .sample("n8n", .healthy), .sample("worker", .backingOff, message: "it ended with 1", restarts: 3),
    ])
    let world = world([nil, nil, bad])
    starts(world)
    world.add("logs/worker.log", (1...30).map { "line \($0)\n" }.joined())
    #expect(await world.run() == .failed)
    #expect(
      world.output.value.hasSuffix(
        """
        worker is backing-off: it ended with 1
        \((21...30).map { "  | line \($0)\n" }.joined())Try: leanto logs worker

        home is up, but not all of it works

        """))
  }

  @Test("A missing service does not fail up, and its note says how to get it")
  func missingService() async {
    let world = world([nil, .sample([.sample("n8n", .missing, message: "npm install -g n8n")])])
    starts(world)
    #expect(await world.run() == .done)
    #expect(world.output.value.contains("npm install -g n8n"))
  }

  @Test("A failed proof fails up and says what to do")
  func failedProof() async {
    let world = world([nil, .healthy], proofs: [.failed])
    starts(world)
    #expect(await world.run() == .failed)
    #expect(world.output.value.contains("  try       leanto logs model\n"))
  }

  @Test("A daemon that ends while services start is a failure with its log")
  func endsLater() async {
    let world = world([nil, .sample([.sample("n8n", .starting)]), nil])
    starts(world, log: "out of memory\n")
    #expect(await world.run() == .failed)
    #expect(world.errors.value.contains("  | out of memory\n"))
  }

  @Test("Waiting is told from two seconds on, and ends after a bounded time")
  func patience() async {
    let world = world([nil, .sample([.sample("n8n", .starting)])])
    starts(world)
    #expect(await world.run() == .failed)
    #expect(world.errors.value.hasPrefix("waiting for n8n (2 s)\nwaiting for n8n (12 s)\n"))
    #expect(world.output.value.contains("n8n is starting"))
    #expect(world.time.value < 1700)
  }

  @Test("The first password is shown on a terminal, elsewhere where it is; in JSON only where it is", arguments: [true, false])
  func password(isTerminal: Bool) async {
    for words in [["up"], ["up", "--json"]] {
      let world = world([nil, .healthy], words: words)
      starts(world)
      world.add("secrets/first-password", "abcde-fghij\n")
      world.environment.terminal.outputIsTerminal = isTerminal
      world.environment.variables = ["NO_COLOR": "1"]
      #expect(await world.run() == .done)
      let isShown = isTerminal && words.count == 1
      #expect(world.output.value.contains("abcde-fghij") == isShown)
      #expect(world.output.value.contains(world.stack.firstPassword) == !isShown)
    }
  }

  @Test("As JSON: everything from one value")
  func json() async {
    let world = world([nil, .healthy], words: ["up", "--json"])
    starts(world)
    #expect(await world.run() == .done)
    for part in ["\"outcome\" : \"started\"", "\"proofs\" : [", "\"outcome\" : \"proven\"", "\"signIn\" : {", "\"notReady\" : ["]
    {
      #expect(world.output.value.contains(part), "\(part)")
    }
  }
}
