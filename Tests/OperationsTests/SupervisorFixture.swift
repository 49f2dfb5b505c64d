import Glibc
import Logging
import Model
import TestSupport
import Testing

@testable import Operations

/// A stack directory with a supervisor at work, quick enough for tests, and nothing left of it afterwards.
final class SupervisorFixture: Sendable {
  let scratch: ScratchFolder
  let supervisor: Supervisor
  private let work: Task<Void, Never>

  /// `health`: by default everything that runs is healthy.
  init(
    _ scratch: ScratchFolder? = nil, stopTime: Duration = .seconds(5), backOff: Duration = .milliseconds(50),
    logger: Logger? = nil,
    health: @escaping @Sendable (HealthQuestion) async -> HealthReport = { _ in HealthReport(health: .healthy, next: nil) }
  ) throws {
    self.scratch = try scratch ?? Self.newStack()
    var timing = Timing()
    timing.backOff = BackOff(first: backOff, longest: .seconds(2))
    timing.stopTime = stopTime
    timing.groupPoll = .milliseconds(5)
    let supervisor = Supervisor(
      directory: StackDirectory(path: self.scratch.path), logger: logger ?? Logger(label: "test") { _, _, _, _ in },
      timing: timing, health: health)
    self.supervisor = supervisor
    work = Task { await supervisor.run() }
  }

  static func newStack() throws -> ScratchFolder {
    let scratch = try ScratchFolder("supervisor")
    for name in ["run", "logs"] { try scratch.folder(name) }
    return scratch
  }

  /// Runs `body`, then stops everything whatever became of it, and checks that nothing is left.
  func use(_ body: (SupervisorFixture) async throws -> Void) async throws {
    // Before that, `apply` and `restart` begin things but wait for none.
    #expect(await becomesTrue { await supervisor.isRunning })
    do {
      try await body(self)
    } catch {
      await supervisor.stopAll()
      throw error
    }
    await supervisor.stopAll()
    await work.value
    #expect(await supervisor.statuses.isEmpty)
    #expect(ProcessRecords.load(from: scratch.path + "/run/processes.json") == [])
    #expect(remains(in: scratch).isEmpty)
  }

  /// Leaves everything running, as a daemon that was killed would.
  func abandon() async {
    work.cancel()
    await work.value
  }

  func service(
    _ name: String, _ script: String, port: UInt16? = nil, after: [String] = [], environment: [String: String] = [:]
  ) -> NativeService {
    let plan = ProcessPlan(command: ["/bin/sh", "-c", script], environment: environment, directory: scratch.path)
    let address = port.map { Address.tcp(host: "127.0.0.1", port: $0) }
    return NativeService(name: name, kind: .process(plan), address: address, health: .tcp, after: after)
  }

  func status(_ name: String) async throws -> ServiceStatus {
    try #require(await supervisor.statuses.first { $0.name == name })
  }

  func becomes(_ name: String, _ state: ServiceState) async -> Bool {
    await becomesTrue { await self.supervisor.statuses.first { $0.name == name }?.state == state }
  }

  /// The number that a script has written to a file.
  func number(_ file: String) async throws -> Int32 {
    #expect(await becomesTrue { scratch.text(file)?.hasSuffix("\n") == true })
    return try #require(Int32((scratch.text(file) ?? "").filter(\.isNumber)))
  }
}

/// Running processes whose working directory is the test's own.
func remains(in scratch: ScratchFolder) -> [ProcessEntry] {
  ProcessTable.all().filter { entry in
    !entry.isZombie && SmallFile.target(ofLink: "/proc/\(entry.identifier)/cwd") == scratch.path
  }
}

func isRunning(_ process: Int32) -> Bool {
  ProcessTable.entry(process).map { !$0.isZombie } ?? false
}
