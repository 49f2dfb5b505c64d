import FoundationEssentials
import Glibc
import Model
import TestSupport
import Testing

@testable import Operations

/// What an earlier daemon left running.
@Suite("Adoption")
struct AdoptionTests {
  @Test("What still runs as it is wanted goes on, is heard, and ends with the rest")
  func goesOn() async throws {
    try await TestStack.with { stack in
      let service = stack.service("a", "echo first; while ! test -e go; do sleep 0.02; done; echo second; exec sleep 1000")
      let (_, process) = try await left(stack, [service])
      try Data().write(to: URL(filePath: stack.folder + "/go"))
      let later = try await stack.supervisor()
      await later.adopt()
      #expect(await later.apply([service]) == ["went on with a, which was running (process \(process))"])
      let now = try await later.process("a")
      #expect(now == process)
      try await later.waitUntil("a", .healthy)
      try await eventually("its output is heard") { stack.log("a") == "first\nsecond\n" }
      #expect(await later.apply([service]) == [])
      await later.stopAll()
      #expect(stack.members().isEmpty)
    }
  }

  @Test("What is wanted otherwise is ended and started anew")
  func changed() async throws {
    try await TestStack.with { stack in
      let (later, process) = try await left(stack, [stack.service("a")])
      await later.adopt()
      let lines = await later.apply([stack.service("a", "exec sleep 2000")])
      #expect(lines == ["replaces a, which an earlier daemon left running otherwise"])
      try await eventually("another runs") {
        let now = try await later.status("a").processIdentifier
        return now != nil && now != process
      }
      #expect(!stack.runs(process))
      #expect(stack.members().count == 1)
    }
  }

  @Test("What is no longer wanted has ended when the settings are applied")
  func unwanted() async throws {
    try await TestStack.with { stack in
      let (later, process) = try await left(stack, [stack.service("a", "sleep 1000 & sleep 1000"), stack.service("b")])
      await later.adopt()
      #expect(await later.apply([stack.service("b")]).first == "stopped a")
      #expect(!stack.runs(process))
      #expect(stack.members().count == 1)
    }
  }

  @Test("What became something that runs elsewhere is ended")
  func becameAddress() async throws {
    try await TestStack.with { stack in
      let (later, process) = try await left(stack, [stack.service("a")])
      await later.adopt()
      var service = stack.service("a", at: .tcp(host: "127.0.0.1", port: 9))
      service.kind = .address
      #expect(await later.apply([service]) == ["replaces a, which an earlier daemon left running otherwise"])
      try await later.waitUntil("a", .healthy)
      #expect(!stack.runs(process))
    }
  }

  @Test("Without any settings everything that was found ends")
  func stopsUnapplied() async throws {
    try await TestStack.with { stack in
      let (later, _) = try await left(stack, [stack.service("a"), stack.service("b", "trap '' TERM; sleep 1000 & wait; wait")])
      await later.adopt()
      await later.stopAll()
      #expect(stack.members().isEmpty)
    }
  }

  @Test("Where only a child of it is left, that is ended and the service started anew")
  func onlyChild() async throws {
    try await TestStack.with { stack in
      let service = stack.service("a", "sleep 1000 & echo $! >child; exec sleep 1000")
      let (later, process) = try await left(stack, [service])
      let child = try await stack.number(in: "child")
      kill(process, SIGKILL)
      try await eventually("the first process has ended") { !stack.runs(process) }
      await later.adopt()
      _ = await later.apply([service])
      try await later.waitUntil("a", .healthy)
      #expect(!stack.runs(child))
    }
  }

  @Test("An adopted process that ends is noticed and started again")
  func endsLater() async throws {
    try await TestStack.with { stack in
      let service = stack.service("a")
      let (later, process) = try await left(stack, [service])
      await later.adopt()
      _ = await later.apply([service])
      kill(process, SIGKILL)
      try await eventually("it was started again") { try await later.status("a").restarts == 1 }
      try await later.waitUntil("a", .healthy)
      let now = try await later.process("a")
      #expect(now != process)
    }
  }

  @Test("A process with a recorded number but another start time is left alone")
  func stranger() async throws {
    try await TestStack.with { stack in
      let stranger = try Stranger(stack)
      defer { stranger.end() }
      let service = stack.service("a")
      guard case .process(let plan) = service.kind else { return }
      let record = ProcessRecord(
        name: "a", processIdentifier: stranger.entry.identifier, startTime: stranger.entry.startTime - 1, run: stack.folder,
        planHash: plan.hash, stopSeconds: 1)
      let supervisor = try await adopter(stack, [record])
      await supervisor.adopt()
      #expect(await supervisor.apply([service]) == ["started a"])
      let now = try await supervisor.process("a")
      #expect(now != stranger.entry.identifier)
      await supervisor.stopAll()
      #expect(stack.members() == [stranger.entry])
    }
  }

  @Test("Where such a number meets a remnant of the start, the remnant ends and the other process goes on")
  func strangerAndRemnant() async throws {
    try await TestStack.with { stack in
      let (stranger, remnant) = (try Stranger(stack), try Stranger(stack, ["LEANTO_RUN": stack.folder]))
      defer { for process in [stranger, remnant] { process.end() } }
      let service = stack.service("a")
      guard case .process(let plan) = service.kind else { return }
      let record = ProcessRecord(
        name: "a", processIdentifier: stranger.entry.identifier, startTime: stranger.entry.startTime - 1, run: stack.folder,
        planHash: plan.hash, stopSeconds: 1)
      try await eventually("the remnant is itself") { stack.members().count == 2 }
      let supervisor = try await adopter(stack, [record])
      await supervisor.adopt()
      #expect(await supervisor.apply([service]) == ["replaces a, which an earlier daemon left running otherwise"])
      let shown = await supervisor.statuses.map(\.processIdentifier)
      #expect(shown != [stranger.entry.identifier])
      try await supervisor.waitUntil("a", .healthy)
      let now = try await supervisor.process("a")
      #expect(Set(stack.members().map(\.identifier)) == [now, stranger.entry.identifier])
      #expect(now != stranger.entry.identifier)
    }
  }

  @Test("After a kill -9 of its daemon a child is found by a later one, and goes on")
  func killedDaemon() async throws {
    try await TestStack.with { stack in
      let service = stack.service("a", command: ["sleep", "1000"])
      let (plan, orphan) = try await orphan(stack, service, run: stack.folder)
      let record = ProcessRecord(
        name: "a", processIdentifier: orphan.identifier, startTime: orphan.startTime, run: stack.folder, planHash: plan.hash,
        stopSeconds: 1)
      let supervisor = try await adopter(stack, [record])
      await supervisor.adopt()
      _ = await supervisor.apply([service])
      let now = try await supervisor.process("a")
      #expect(now == orphan.identifier)
      await supervisor.stopAll()
      #expect(stack.members().isEmpty)
    }
  }

  @Test("A daemon killed between writing down a start and the start's number left a child that is found by its name")
  func killedBetween() async throws {
    try await TestStack.with { stack in
      let service = stack.service("a", command: ["sleep", "1000"])
      let (plan, orphan) = try await orphan(stack, service, run: stack.folder)
      let record = ProcessRecord(
        name: "a", processIdentifier: 0, startTime: 0, run: stack.folder, planHash: plan.hash, stopSeconds: 1)
      let supervisor = try await adopter(stack, [record])
      await supervisor.adopt()
      _ = await supervisor.apply([service])
      try await supervisor.waitUntil("a", .healthy)
      #expect(!stack.runs(orphan.identifier))
      let now = try await supervisor.process("a")
      #expect(stack.members().map(\.identifier) == [now])
    }
  }

  // MARK: Helpers

  /// Runs `services` under a supervisor that then goes away. Returns a later one, and the first service's process.
  private func left(_ stack: TestStack, _ services: [NativeService]) async throws -> (later: Supervisor, process: Int32) {
    let earlier = try await stack.supervisor()
    _ = await earlier.apply(services)
    let process = try await earlier.process(services[0].name)
    try await eventually("its program runs") { ProcessTable.environmentValue("LEANTO_TEST_STACK", of: process) == stack.folder }
    await stack.leave(earlier)
    return (try await stack.supervisor(stopTime: .milliseconds(300)), process)
  }

  private func adopter(_ stack: TestStack, _ records: [ProcessRecord]) async throws -> Supervisor {
    #expect(ProcessRecords.save(records, to: stack.folder + "/run/processes.json") == nil)
    return try await stack.supervisor()
  }

  /// Starts `service`'s command as the child of another program, which is then killed with SIGKILL.
  private func orphan(
    _ stack: TestStack, _ service: NativeService, run: String
  ) async throws -> (plan: ProcessPlan, orphan: ProcessEntry) {
    guard case .process(let plan) = service.kind else { throw NotSeen(what: "a process") }
    let script = """
      import os, subprocess, sys, time
      child = subprocess.Popen(sys.argv[1:], preexec_fn=lambda: os.setpgid(0, 0))
      open("child", "w").write(f"{child.pid}\\n")
      time.sleep(1000)
      """
    var environment = plan.fullEnvironment(from: ownEnvironment, run: run)
    let program = try CommandSearch.find("python3", path: environment["PATH"] ?? "", directory: "/")
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    let daemon = try Spawn.start(
      program, ["python3", "-c", script] + plan.command, environment: environment, directory: stack.folder, output: nil)
    let child = try await stack.number(in: "child")
    kill(daemon, SIGKILL)
    try await eventually("the daemon is dead") { !stack.runs(daemon) }
    Spawn.reap(daemon)
    return (plan, try #require(ProcessTable.entry(child)))
  }

  /// A process that no supervisor started.
  private struct Stranger {
    let entry: ProcessEntry

    init(_ stack: TestStack, _ environment: [String: String] = [:]) throws {
      let plan = stack.plan(["sleep", "1000"], environment)
      let process = try Spawn.start(
        "/bin/sleep", plan.command, environment: plan.environment, directory: stack.folder, output: nil)
      entry = try #require(ProcessTable.entry(process))
    }

    func end() {
      kill(entry.identifier, SIGKILL)
      waitpid(entry.identifier, nil, 0)
      Spawn.reap(entry.identifier)
    }
  }
}
