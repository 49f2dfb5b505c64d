import Glibc
import Model
import TestSupport
import Testing

@testable import Operations

/// A process of its own with a supervisor in it, so that it can be killed as a daemon can.
private struct Daemon {
  let process: Int32
  private static let program: String = {
    let tests = SmallFile.target(ofLink: "/proc/self/exe") ?? ""
    return tests.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/SupervisorStandIn"
  }()

  /// Returns when it has carried out its first plan.
  init(_ scratch: ScratchFolder, _ services: [String: String]) async throws {
    unsafe unlink(scratch.path + "/did")
    process = try Spawn.start(
      Self.program, ["SupervisorStandIn", scratch.path] + services.map { "\($0.key)=\($0.value)" }.sorted(),
      environment: ["PATH": "/usr/bin:/bin"], directory: "/",
      output: Descriptor(opening: scratch.path + "/daemon.log", O_WRONLY | O_CREAT | O_APPEND))
    let process = process
    #expect(await becomesTrue { scratch.text("did") != nil || Spawn.end(of: process) != nil })
  }

  func kill() async {
    _ = Glibc.kill(process, SIGKILL)
    #expect(await becomesTrue { Spawn.end(of: process) == .killed(signal: 9) })
    Spawn.reap(process)
  }

  /// Lets it stop everything and end.
  func end(_ scratch: ScratchFolder) async throws {
    try scratch.write("end", "")
    #expect(await becomesTrue { Spawn.end(of: process) == .exited(status: 0) })
    Spawn.reap(process)
    unsafe unlink(scratch.path + "/end")
  }
}

@Suite("What a killed daemon left behind", .serialized)
struct KilledDaemonTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try SupervisorFixture.newStack() }

  /// Counts aloud twenty times a second.
  private static let counter = "echo $$ > self; i=0; while :; do echo count $i; i=$((i+1)); sleep 0.05; done"

  private var log: String { scratch.text("logs/worker.log") ?? "" }

  private func number(_ file: String) async throws -> Int32 {
    #expect(await becomesTrue { scratch.text(file)?.hasSuffix("\n") == true })
    return try #require(Int32((scratch.text(file) ?? "").filter(\.isNumber)))
  }

  @Test("a service outlives its daemon, keeps printing, and the next daemon goes on with it and its log without a gap")
  func goesOn() async throws {
    let first = try await Daemon(scratch, ["worker": Self.counter])
    #expect(scratch.text("did") == "started worker\n")
    let worker = try await number("self")
    #expect(await becomesTrue { log.contains("count 5\n") })
    await first.kill()
    let before = log
    #expect(isRunning(worker))
    let second = try await Daemon(scratch, ["worker": Self.counter])
    #expect(scratch.text("did") == "went on with worker, which was running (process \(worker))\n")
    #expect(await becomesTrue { log.utf8.count > before.utf8.count + 100 })
    let counts = log.split(separator: "\n").compactMap { Int($0.dropFirst(6)) }
    #expect(counts == Array(0..<counts.count))
    try await second.end(scratch)
    #expect(!isRunning(worker))
    #expect(ProcessRecords.load(from: scratch.path + "/run/processes.json") == [])
  }

  @Test("a service that prints more than the pipe holds while there is no daemon waits for one, and loses nothing")
  func fullPipe() async throws {
    let script = """
      echo up; while ! test -e go; do sleep 0.02; done
      i=0; while [ $i -lt 20000 ]; do echo "line $i .................................................................."
      i=$((i+1)); done; echo > printed; exec sleep 60
      """
    let first = try await Daemon(scratch, ["worker": script])
    #expect(await becomesTrue { log == "up\n" })
    await first.kill()
    try scratch.write("go", "")
    let second = try await Daemon(scratch, ["worker": script])
    #expect(await becomesTrue { scratch.text("printed") != nil && log.hasSuffix("\n") && log.contains("line 19999 ") })
    #expect(log.split(separator: "\n").count == 20001)
    try await second.end(scratch)
  }

  @Test("what is left of a group whose first process has ended meanwhile is ended too, outside the group as well")
  func leaderless() async throws {
    let script = "sh -c 'echo $$ > child; exec sleep 60' & setsid sh -c 'echo $$ > escaped; exec sleep 60' & echo $$ > self; wait"
    let first = try await Daemon(scratch, ["worker": script])
    let child = try await number("child")
    let escaped = try await number("escaped")
    let leader = try await number("self")
    await first.kill()
    _ = Glibc.kill(leader, SIGKILL)
    #expect(await becomesTrue { !isRunning(leader) })
    let second = try await Daemon(scratch, [:])
    #expect(scratch.text("did") == "stopped worker\n")
    #expect(!isRunning(child) && !isRunning(escaped))
    try await second.end(scratch)
  }

  @Test("what a service left outside its group and without its environment is ended with the daemon")
  func orphans() async throws {
    let script = "env -i /usr/bin/setsid /bin/sh -c 'echo $$ > orphan; exec /bin/sleep 60' & sleep 0.3; echo $$ > self; wait"
    let daemon = try await Daemon(scratch, ["worker": script])
    let orphan = try await number("orphan")
    _ = try await number("self")
    #expect(ProcessTable.environmentValue("LEANTO_RUN", of: orphan) == nil)
    try await daemon.end(scratch)
    #expect(!isRunning(orphan))
    #expect(remains(in: scratch).isEmpty)
  }

  @Test("a supervisor that was only cancelled leaves everything running, and stops it when asked to")
  func cancelled() async throws {
    let first = try SupervisorFixture(scratch)
    _ = await first.supervisor.apply([first.service("worker", "echo $$ > self; exec sleep 60")])
    let worker = try await first.number("self")
    await first.abandon()
    #expect(isRunning(worker))
    await first.supervisor.stopAll()
    #expect(!isRunning(worker))
  }
}
