import FoundationEssentials
import Glibc
import Logging
import Model
import TestSupport
import Testing

@testable import Operations

/// Asks again and again, up to a deadline that only a broken program meets.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
  let deadline = Deadline.seconds(30)
  while !(try await condition()) {
    guard !deadline.isPast else { throw NotSeen(what: what) }
    try await Task.sleep(for: .milliseconds(10))
  }
}

struct NotSeen: Error, CustomStringConvertible {
  var what: String
  var description: String { "within 30 s this did not come true: \(what)" }
}

typealias Health = @Sendable (HealthQuestion) async -> HealthReport
let alwaysHealthy: Health = { _ in HealthReport(health: .healthy, next: nil) }

/// A stack's folder with supervisors over it. Whatever ran in it carries its name in the environment, and is ended with it.
final class TestStack: Sendable {
  private static let mark = "LEANTO_TEST_STACK"

  let folder: String
  private let running = Lock<[(supervisor: Supervisor, work: Task<Void, Never>)]>([])
  private let children = Lock<Set<Int32>>([])

  private init(folder: String) throws {
    self.folder = folder
    for name in ["run", "logs"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
  }

  static func with(_ body: (TestStack) async throws -> Void) async throws {
    try await withFolder { folder in
      let stack = try TestStack(folder: folder)
      let result: Result<Void, any Error>
      do { result = .success(try await body(stack)) } catch { result = .failure(error) }
      try await stack.end()
      try result.get()
    }
  }

  // MARK: Services

  /// A service that is a shell script.
  func service(
    _ name: String, _ script: String = "exec sleep 1000", _ environment: [String: String] = [:], after: [String] = [],
    at address: Address? = nil
  ) -> NativeService {
    service(name, command: ["/bin/sh", "-c", script], environment, after: after, at: address)
  }

  func service(
    _ name: String, command: [String], _ environment: [String: String] = [:], after: [String] = [], at address: Address? = nil
  ) -> NativeService {
    NativeService(name: name, kind: .process(plan(command, environment)), address: address, health: .none, after: after)
  }

  func plan(_ command: [String], _ environment: [String: String] = [:]) -> ProcessPlan {
    ProcessPlan(command: command, environment: environment.merging([Self.mark: folder]) { $1 }, directory: folder)
  }

  // MARK: Supervisors

  /// At work when this returns. `stopTime`: between SIGTERM and SIGKILL.
  func supervisor(
    stopTime: Duration = .seconds(20), retryAfter: Duration = .milliseconds(20), health: @escaping Health = alwaysHealthy
  ) async throws -> Supervisor {
    var timing = Timing()
    timing.backOff = BackOff(first: retryAfter, longest: retryAfter)
    timing.groupPoll = .milliseconds(5)
    timing.stopTime = stopTime
    let supervisor = Supervisor(
      directory: StackDirectory(path: folder), logger: silentLogger, timing: timing, health: health)
    let work = Task { await supervisor.run() }
    running.withLock { $0.append((supervisor, work)) }
    try await eventually("the supervisor works") { await supervisor.isRunning }
    return supervisor
  }

  /// As after the end of a daemon: nobody watches over the processes any more, and they go on.
  func leave(_ supervisor: Supervisor) async {
    let work = running.withLock { running in
      defer { running.removeAll { $0.supervisor === supervisor } }
      return running.first { $0.supervisor === supervisor }?.work
    }
    let processes = await supervisor.statuses.compactMap(\.processIdentifier)
    children.withLock { $0.formUnion(processes) }
    work?.cancel()
    await work?.value
  }

  private func end() async throws {
    for (supervisor, work) in running.withLock({ $0 }) {
      await supervisor.stopAll()
      await work.value
    }
    for entry in members() { ProcessGroup.send(SIGKILL, to: entry) }
    try await eventually("everything of the test has ended") { members().isEmpty }
    for child in children.withLock({ $0 }) { Spawn.reap(child) }
  }

  // MARK: What can be seen

  /// Everything that runs and was started for this stack, by whomever.
  func members() -> [ProcessEntry] {
    ProcessTable.all().filter { !$0.isZombie && ProcessTable.environmentValue(Self.mark, of: $0.identifier) == folder }
  }

  func runs(_ process: Int32) -> Bool { ProcessTable.entry(process).map { !$0.isZombie } ?? false }

  func log(_ name: String) -> String { (try? read("\(folder)/logs/\(name).log")) ?? "" }

  /// The number in a file that a script writes.
  func number(in file: String) async throws -> Int32 {
    var number: Int32?
    try await eventually("\(file) holds a number") {
      number = (try? read("\(folder)/\(file)")).flatMap { $0.hasSuffix("\n") ? Int32($0.dropLast()) : nil }
      return number != nil
    }
    return try #require(number)
  }
}

extension Supervisor {
  func status(_ name: String) throws -> ServiceStatus { try #require(statuses.first { $0.name == name }) }

  func process(_ name: String) throws -> Int32 { try #require(try status(name).processIdentifier) }

  nonisolated func waitUntil(_ name: String, _ state: ServiceState) async throws {
    try await eventually("\(name) is \(state.rawValue)") { await statuses.first { $0.name == name }?.state == state }
  }
}
