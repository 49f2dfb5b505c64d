import Glibc
import Model
import TestSupport
import Testing

@testable import Operations

/// With real processes.
@Suite("Supervised services")
struct SupervisedServicesTests {
  @Test("A service starts once what it needs is healthy, and stops before it")
  func order() async throws {
    try await TestStack.with { stack in
      let isReady = Lock(false)
      let supervisor = try await stack.supervisor { question in
        let isHealthy = question.service.name == "app" || isReady.withLock { $0 }
        return HealthReport(health: isHealthy ? .healthy : .starting, next: .milliseconds(5))
      }
      func script(_ name: String) -> String {
        "trap 'echo \(name) >>order; exit 0' TERM; echo ready; while :; do sleep 0.02; done"
      }
      let services = [stack.service("app", script("app"), after: ["database"]), stack.service("database", script("database"))]
      #expect(await supervisor.apply(services) == ["app starts later: it waits for database", "started database"])
      try await eventually("the database has begun") { stack.log("database") == "ready\n" }
      let state = try await supervisor.status("app").state
      #expect(state == .waiting)
      isReady.withLock { $0 = true }
      try await supervisor.waitUntil("app", .healthy)
      try await eventually("the app has begun") { stack.log("app") == "ready\n" }
      await supervisor.stopAll()
      let order = try read("\(stack.folder)/order")
      #expect(order == "app\ndatabase\n")
      #expect(stack.members().isEmpty)
    }
  }

  @Test("What ignores SIGTERM is killed after its stop time, and not before")
  func stubborn() async throws {
    try await TestStack.with { stack in
      let supervisor = try await stack.supervisor(stopTime: .milliseconds(200))
      _ = await supervisor.apply([stack.service("a", "trap '' TERM; echo ready; while :; do sleep 0.02; done")])
      try await eventually("it ignores SIGTERM") { stack.log("a") == "ready\n" }
      let process = try await supervisor.process("a")
      let began = ContinuousClock.now
      await supervisor.stopAll()
      #expect(ContinuousClock.now - began >= .milliseconds(200))
      #expect(stack.members().isEmpty)
      #expect(ProcessTable.entry(process) == nil, "it was waited for")
    }
  }

  @Test(
    "With its first process everything ends that it started, in whatever session, before it starts again",
    arguments: ["sleep 1000", "setsid sleep 1000"])
  func descendants(_ child: String) async throws {
    try await TestStack.with { stack in
      let supervisor = try await stack.supervisor(retryAfter: .seconds(100))
      _ = await supervisor.apply([stack.service("a", "\(child) & echo $! >child; wait")])
      let grandchild = try await stack.number(in: "child")
      try await eventually("the grandchild is itself") { ProcessTable.entry(grandchild)?.command == "sleep" }
      kill(try await supervisor.process("a"), SIGKILL)
      try await eventually("it waits for its next start") { try await supervisor.status("a").message.contains("next try") }
      #expect(stack.members().isEmpty)
      let status = try await supervisor.status("a")
      #expect(status.state == .backingOff && status.message.hasPrefix("was killed by signal 9"))
    }
  }

  @Test("What exits at once is told with its last lines")
  func exitsAtOnce() async throws {
    try await TestStack.with { stack in
      let supervisor = try await stack.supervisor(retryAfter: .seconds(100))
      _ = await supervisor.apply([stack.service("a", "echo one; echo; echo no model >&2; exit 3")])
      try await eventually("it waits for its next start") { try await supervisor.status("a").message.contains("next try") }
      let status = try await supervisor.status("a")
      #expect(status.state == .backingOff && status.processIdentifier == nil)
      #expect(status.message.hasPrefix("ended with status 3 after "))
      #expect(status.message.hasSuffix(", saying \"one / no model\"; the next try is in 100 s"))
      #expect(stack.log("a") == "one\n\nno model\n")
    }
  }

  @Test("It is started again as often as it ends")
  func again() async throws {
    try await TestStack.with { stack in
      let supervisor = try await stack.supervisor()
      _ = await supervisor.apply([stack.service("a", "exit 1")])
      try await eventually("three more starts") { try await supervisor.status("a").restarts >= 3 }
    }
  }

  @Test("What cannot be started says why, and others run")
  func cannotStart() async throws {
    try await TestStack.with { stack in
      let supervisor = try await stack.supervisor(retryAfter: .seconds(100))
      var lost = stack.service("lost")
      lost.kind = .process(ProcessPlan(command: ["sh"], directory: stack.folder + "/none"))
      let lines = await supervisor.apply([stack.service("a", command: ["no-such-thing"]), lost, stack.service("b")])
      let path = ownEnvironment("PATH") ?? CommandSearch.usualPath
      let reasons = [
        "no such command: no-such-thing (looked for it in \(path))", "its working directory \(stack.folder)/none does not exist",
      ]
      let problems = zip(["a", "lost"], reasons).map { name, reason in
        "\(name) could not be started: cannot start: \(reason); the next try is in 100 s"
      }
      #expect(lines == problems + ["started b"])
    }
  }

  @Test("A port that is taken is told with who has it; once it is free the service starts")
  func portTaken() async throws {
    try await TestStack.with { stack in
      let supervisor = try await stack.supervisor()
      let holder = try ScriptedUpstream()
      holder.start()
      let lines = await supervisor.apply([stack.service("a", at: .tcp(host: "127.0.0.1", port: holder.port))])
      let name = try #require(ProcessTable.entry(getpid())?.command)
      let reason = "port \(holder.port) is taken by \(name) (pid \(getpid()))"
      #expect(lines.first?.hasPrefix("a could not be started: cannot start: \(reason); the next try") == true)
      holder.stop()
      try await supervisor.waitUntil("a", .healthy)
    }
  }

  @Test("Output goes into its log, which rotates at 10 MiB, and all of it is kept")
  func output() async throws {
    try await TestStack.with { stack in
      let supervisor = try await stack.supervisor()
      let script = "head -c 11000000 /dev/zero | tr '\\0' x; echo end; exec sleep 1000"
      _ = await supervisor.apply([stack.service("a", script)])
      try await eventually("the end is in the log") { stack.log("a").hasSuffix("xend\n") }
      let sizes = try ["a.log.1", "a.log"].map { try read("\(stack.folder)/logs/\($0)").utf8.count }
      #expect(sizes.reduce(0, +) == 11_000_004 && sizes[0] <= 10 << 20)
    }
  }

  @Test("What a group says last, after its first process has ended, is in the log when everything has ended")
  func lastWords() async throws {
    try await TestStack.with { stack in
      let supervisor = try await stack.supervisor()
      let child =
        "trap 'sleep 0.1; head -c 300000 /dev/zero | tr \"\\0\" x; echo last; exit 0' TERM; echo ready; while :; do sleep 0.02; done"
      _ = await supervisor.apply([stack.service("a", "(\(child)) & exec sleep 1000")])
      try await eventually("the child is ready") { stack.log("a") == "ready\n" }
      await supervisor.stopAll()
      let log = stack.log("a")
      #expect(log.hasSuffix("xlast\n") && log.utf8.count { $0 == UInt8(ascii: "x") } == 300_000)
    }
  }

  @Test("Only what changed is restarted, with the reason; what is not wanted any more has ended")
  func apply() async throws {
    try await TestStack.with { stack in
      let supervisor = try await stack.supervisor()
      let (a, b) = (stack.service("a"), stack.service("b"))
      #expect(await supervisor.apply([a, b]) == ["started a", "started b"])
      let (processA, processB) = (try await supervisor.process("a"), try await supervisor.process("b"))
      #expect(await supervisor.apply([a, b]) == [])
      let otherB = stack.service("b", "exec sleep 1000", ["TOKEN": "hidden"])
      #expect(await supervisor.apply([a, otherB]) == ["restarted b: environment changed"])
      try await eventually("b is another") { try await supervisor.status("b").processIdentifier != processB }
      try await supervisor.waitUntil("b", .healthy)
      #expect(!stack.runs(processB))
      var patientA = a
      patientA.startSeconds = 5
      #expect(await supervisor.apply([patientA, otherB]) == ["changed a, which needed no restart"])
      #expect(await supervisor.apply([patientA]) == ["stopped b"])
      #expect(stack.members().map(\.identifier) == [processA])
      #expect(await supervisor.statuses.map(\.processIdentifier) == [processA])
    }
  }

  @Test("A service may become an address or a missing command, and a process again")
  func kinds() async throws {
    try await TestStack.with { stack in
      let supervisor = try await stack.supervisor()
      let process = stack.service("a")
      var (address, missing) = (process, process)
      (address.kind, address.address) = (.address, .tcp(host: "127.0.0.1", port: 9))
      missing.kind = .missing(command: "n8n", remedy: "npm install -g n8n")
      _ = await supervisor.apply([process])
      #expect(await supervisor.apply([address]) == ["replaces a, which ends first"])
      try await eventually("it runs elsewhere only") { try await supervisor.status("a").address == "127.0.0.1:9" }
      try await supervisor.waitUntil("a", .healthy)
      #expect(stack.members().isEmpty)
      #expect(await supervisor.apply([missing]) == ["a could not be started: n8n is not installed: npm install -g n8n"])
      #expect(await supervisor.restart("a") == false)
      #expect(await supervisor.apply([process]) == ["started a"])
      try await supervisor.waitUntil("a", .healthy)
      let now = try await supervisor.process("a")
      #expect(stack.runs(now))
    }
  }

  @Test("A restart replaces the process; there is none for what is not here")
  func restart() async throws {
    try await TestStack.with { stack in
      let supervisor = try await stack.supervisor()
      _ = await supervisor.apply([stack.service("a")])
      let process = try await supervisor.process("a")
      #expect(await supervisor.restart("a"))
      let status = try await supervisor.status("a")
      #expect(status.processIdentifier != nil && status.processIdentifier != process && status.restarts == 1)
      #expect(!stack.runs(process))
      #expect(await supervisor.restart("b") == false)
    }
  }

  @Test("After the end of everything nothing runs, nothing is a zombie, and nothing is recorded")
  func nothingLeft() async throws {
    try await TestStack.with { stack in
      let supervisor = try await stack.supervisor()
      let services = [
        stack.service("a"), stack.service("b", "sleep 1000 & sleep 1000"), stack.service("c", "exit 1"),
        stack.service("d", after: ["a"]),
      ]
      _ = await supervisor.apply(services)
      try await supervisor.waitUntil("d", .healthy)
      let children = await supervisor.statuses.compactMap(\.processIdentifier)
      await supervisor.stopAll()
      #expect(children.count >= 3 && children.filter { ProcessTable.entry($0) != nil } == [])
      #expect(stack.members().isEmpty)
      #expect(await supervisor.statuses.isEmpty)
      #expect(ProcessRecords.load(from: stack.folder + "/run/processes.json") == [])
    }
  }
}
