import Glibc
import Logging
import Model
import TestSupport
import Testing

@testable import Operations

@Suite("The supervisor, with real processes")
struct SupervisorLifeTests {
  @Test("starts again what ended, later each time, and tells its last lines")
  func backOff() async throws {
    try await SupervisorFixture().use { (fixture) async throws in
      let script = "date +%s%N >> starts; echo first; echo no module named x >&2; exit 3"
      _ = await fixture.supervisor.apply([fixture.service("worker", script)])
      #expect(await becomesTrue { (fixture.scratch.text("starts") ?? "").split(separator: "\n").count >= 5 })
      let starts = (fixture.scratch.text("starts") ?? "").split(separator: "\n").compactMap { Int($0) }
      let waits = zip(starts, starts.dropFirst()).map { ($1 - $0) / 1_000_000 }
      #expect(waits[3] >= 320, "the fourth wait is 400 ms, less a fifth, and not \(waits)")
      #expect(await becomesTrue { (try? await fixture.status("worker").message.contains("the next try")) == true })
      let status = try await fixture.status("worker")
      #expect(status.restarts >= 4)
      #expect(status.message.hasPrefix("ended with status 3 after 0"))
      #expect(status.message.contains("saying \"first / no module named x\"; the next try is in "))
      #expect(fixture.scratch.text("logs/worker.log")?.contains("no module named x\n") == true)
    }
  }

  @Test(
    "ends at once what does not want to end, when it is told to hurry, before or after it was told to stop",
    arguments: [true, false])
  func hurry(isFirst: Bool) async throws {
    try await SupervisorFixture(stopTime: .seconds(3600)).use { (fixture) async throws in
      _ = await fixture.supervisor.apply([fixture.service("worker", "trap '' TERM; echo up > up; while :; do sleep 1; done")])
      #expect(await becomesTrue { fixture.scratch.text("up") != nil })
      if isFirst { await fixture.supervisor.hurry() }
      async let stopped: Void = fixture.supervisor.stopAll()
      if !isFirst {
        #expect(await becomesTrue { (try? await fixture.status("worker").state) == .stopped })
        await fixture.supervisor.hurry()
      }
      await stopped
    }
  }

  @Test("watches what runs elsewhere, and asks about nothing twice at once")
  func elsewhere() async throws {
    let asked = Lock((now: 0, most: 0, all: 0))
    let fixture = try SupervisorFixture(health: { _ in
      asked.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.all + 1) }
      try? await Task.sleep(for: .milliseconds(20))
      asked.withLock { $0.now -= 1 }
      return HealthReport(health: .unhealthy, message: "answered 502", next: .milliseconds(1))
    })
    try await fixture.use { (fixture) async throws in
      let address = Address.tcp(host: "10.0.0.9", port: 9000)
      var notes = NativeService(name: "notes", kind: .address, address: address, health: .tcp)
      #expect(await fixture.supervisor.apply([notes]) == ["watches notes at 10.0.0.9:9000"])
      #expect(await fixture.becomes("notes", .unhealthy))
      #expect(try await fixture.status("notes").message == "answered 502")
      for port in 9001..<9020 {
        notes.address = .tcp(host: "10.0.0.9", port: UInt16(port))
        _ = await fixture.supervisor.apply([notes])
      }
      #expect(await becomesTrue { asked.withLock { $0.all } > 10 })
      #expect(await fixture.supervisor.statuses.map(\.address) == ["10.0.0.9:9019"])
      #expect(!(await fixture.supervisor.restart("notes")))
    }
  }

  @Test("many changes at once leave each service once or not at all")
  func concurrent() async throws {
    try await SupervisorFixture().use { (fixture) async throws in
      let services = (0..<6).map { fixture.service("worker\($0)", "exec sleep 60") }
      await withDiscardingTaskGroup { group in
        for round in 0..<12 {
          group.addTask { _ = await fixture.supervisor.apply(services.filter { _ in .random() }) }
          group.addTask { _ = await fixture.supervisor.restart("worker\(round % 6)") }
        }
      }
      _ = await fixture.supervisor.apply(services)
      for service in services { #expect(await fixture.becomes(service.name, .healthy)) }
      #expect(remains(in: fixture.scratch).count == 6)
      #expect(ProcessRecords.load(from: fixture.scratch.path + "/run/processes.json").count == 6)
    }
  }

  @Test("runs a service whose output cannot be kept, and one whose start cannot be written down")
  func noFolders() async throws {
    try await SupervisorFixture(ScratchFolder("supervisor")).use { (fixture) async throws in
      _ = await fixture.supervisor.apply([fixture.service("worker", "echo text; exec sleep 60")])
      #expect(await fixture.becomes("worker", .healthy))
    }
  }

  @Test("a full disk under the logs stops no service, and is told", .enabled(if: Tmpfs.works))
  func fullDisk() async throws {
    let scratch = try SupervisorFixture.newStack()
    let disk = try Tmpfs(size: "32k", at: scratch.path + "/logs")
    defer { disk.unmount() }
    let told = Lock<[String]>([])
    let logger = Logger(label: "test") { _, _, message, _ in told.withLock { $0.append("\(message)") } }
    try await SupervisorFixture(scratch, logger: logger).use { (fixture) async throws in
      let script = "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; echo > printed; exec sleep 60"
      _ = await fixture.supervisor.apply([fixture.service("chatty", script)])
      #expect(await becomesTrue { fixture.scratch.text("printed") != nil })
      #expect(await fixture.becomes("chatty", .healthy))
      #expect(told.withLock { $0 }.count { $0 == "the output of a service cannot be kept" } >= 1)
      #expect(told.withLock { $0 }.count < 20)
    }
  }
}
