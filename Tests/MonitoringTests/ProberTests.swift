import Model
import Testing

@testable import Monitoring

@Suite("Probing")
struct ProberTests {
  private struct Broken: Error, CustomStringConvertible { let description = "connection refused" }

  private func service(_ health: HealthCheck, address: Address? = .tcp(host: "127.0.0.1", port: 1)) -> NativeService {
    NativeService(name: "notes", kind: .address, address: address, health: health)
  }

  private func probes(
    http: @escaping @Sendable () async throws -> (Int, String) = { throw Broken() },
    connect: @escaping @Sendable () async throws -> Void = { throw Broken() },
    command: @escaping @Sendable () async throws -> Int32 = { throw Broken() }
  ) -> Probes {
    Probes(
      http: { _, _ in
        let (status, body) = try await http()
        return (status, Array(body.utf8))
      },
      connect: { _ in try await connect() }, command: { _, _ in try await command() })
  }

  @Test(
    "an HTTP check wants its status and its text",
    arguments: [
      (200, "{\"status\":\"ok\"}", nil, ProbeResult.passed), (200, "it is ok", "ok", .passed), (200, "", "", .passed),
      (502, "", nil, .failed("answered 502 instead of 200 at /healthz")),
      (200, "starting", "ok", .failed("answered without \"ok\" at /healthz")),
      (200, "o", "ok", .failed("answered without \"ok\" at /healthz")),
    ])
  func http(status: Int, body: String, text: String?, expected: ProbeResult) async {
    let check = HealthCheck.http(path: "/healthz", status: 200, contains: text)
    #expect(await probes(http: { (status, body) }).probe(service(check), timeout: .seconds(5)) == expected)
  }

  @Test("a connection and a command are checks too")
  func others() async {
    #expect(await probes(connect: {}).probe(service(.tcp), timeout: .seconds(5)) == .passed)
    #expect(await probes().probe(service(.tcp), timeout: .seconds(5)) == .failed("does not answer: connection refused"))
    #expect(await probes(command: { 0 }).probe(service(.command(["check"])), timeout: .seconds(5)) == .passed)
    let failed = await probes(command: { 3 }).probe(service(.command(["check"])), timeout: .seconds(5))
    #expect(failed == .failed("its check check ended with status 3"))
    #expect(await probes().probe(service(.none), timeout: .seconds(5)) == .passed)
  }

  @Test("what takes longer than the time-out has failed")
  func timeout() async {
    let slow = probes(connect: { try await Task.sleep(for: .seconds(60)) })
    let result = await slow.probe(service(.tcp), timeout: .milliseconds(20))
    #expect(result == .failed("did not answer within 0.02 seconds"))
  }

  @Test("what this machine cannot check is not the service's fault")
  func cannotCheck() async {
    let result = await probes(connect: { throw CannotCheck("the network is down") }).probe(service(.tcp), timeout: .seconds(5))
    #expect(result == .unknown("the network is down"))
  }

  @Test("asks often while it starts, then at the interval; a new start begins anew")
  func schedule() async {
    let up = Lock(false)
    let prober = Prober(
      rules: .init(schedule: ProbeSchedule(interval: .seconds(1000))),
      probes: probes(connect: { if !up.withLock({ $0 }) { throw Broken() } }), chance: { 0.5 })
    func ask(first: Bool = false) async -> HealthReport {
      await prober.report(HealthQuestion(service: service(.tcp), isFirst: first, sinceStart: .seconds(1)))
    }
    let starting = await ask(first: true)
    #expect(starting.health == .starting)
    #expect(starting.next! < .seconds(1))
    up.withLock { $0 = true }
    let healthy = await ask()
    #expect(healthy.health == .healthy)
    #expect(healthy.next! > .seconds(900))
    up.withLock { $0 = false }
    #expect(await ask().health == .healthy)
    #expect(await ask(first: true).health == .starting)
  }

  @Test("two questions at once about one service lead to one probe")
  func once() async {
    let running = Lock((now: 0, most: 0, all: 0))
    let prober = Prober(
      rules: .init(schedule: ProbeSchedule(interval: .seconds(10))),
      probes: probes(connect: {
        running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.all + 1) }
        try await Task.sleep(for: .milliseconds(50))
        running.withLock { $0.now -= 1 }
      }))
    await withDiscardingTaskGroup { group in
      for _ in 0..<20 {
        group.addTask {
          _ = await prober.report(HealthQuestion(service: service(.tcp), isFirst: false, sinceStart: .zero))
        }
      }
    }
    #expect(running.withLock { $0.most } == 1)
  }

  @Test("a slow service delays no other")
  func independent() async {
    let prober = Prober(
      rules: .init(schedule: ProbeSchedule(interval: .seconds(10))),
      probes: probes(
        http: {
          try await Task.sleep(for: .seconds(5)); return (200, "")
        }, connect: {}))
    var slow = service(.http(path: "/", status: 200))
    slow.name = "slow"
    await withDiscardingTaskGroup { group in
      group.addTask { [slow] in _ = await prober.report(HealthQuestion(service: slow, isFirst: true, sinceStart: .zero)) }
      let report = await prober.report(HealthQuestion(service: service(.tcp), isFirst: true, sinceStart: .zero))
      #expect(report.health == .healthy)
      group.cancelAll()
    }
  }

  @Test("without a check it is healthy once it has lived a second, and is not asked again")
  func alive() async {
    let prober = Prober(rules: .init(schedule: ProbeSchedule(interval: .seconds(10))), probes: probes())
    let early = await prober.report(HealthQuestion(service: service(.none), isFirst: true, sinceStart: .milliseconds(400)))
    #expect(early == HealthReport(health: .starting, next: .milliseconds(600)))
    let late = await prober.report(HealthQuestion(service: service(.none), isFirst: false, sinceStart: .seconds(1)))
    #expect(late == HealthReport(health: .healthy, next: nil))
  }
}
