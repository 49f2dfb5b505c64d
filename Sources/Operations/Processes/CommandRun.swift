internal import CLinux
internal import Glibc
package import Model

/// A short command that is waited for, such as a health check.
package enum CommandRun {
  /// The exit status of a health check, run with the environment and in the directory of its service; 128 and more: a signal's.
  package static func status(of command: [String], for service: NativeService) async throws -> Int32 {
    var plan = ProcessPlan(command: command, directory: "/")
    if case .process(let own) = service.kind { (plan.environment, plan.directory) = (own.environment, own.directory) }
    switch try await run(plan, limit: .seconds(30)) {
    case .exited(let status): return status
    case .killed(let signal): return 128 + signal
    case .unseen: return 127
    }
  }

  /// Runs it to its end, in a group of its own, its output thrown away. Cancelled or past `limit`, all of it is killed.
  /// Throws `CannotStart`, or `CancellationError`.
  package static func run(_ plan: ProcessPlan, limit: Duration) async throws -> ProcessEnd {
    let running = Lock<ProcessGroup?>(nil)
    return try await withTaskCancellationHandler {
      try await Threads.result {
        let group = try start(plan)
        running.withLock { $0 = group }
        let end = wait(for: group, limit)
        // Under the lock: nobody else may signal the group's number once it is let go.
        running.withLock { running in
          group.send(SIGKILL)
          Spawn.reap(group.leader)
          running = nil
        }
        return end
      }
    } onCancel: {
      running.withLock { running in _ = running?.send(SIGKILL) }
    }
  }

  static func start(
    _ plan: ProcessPlan, output: Descriptor? = nil, errors: Descriptor? = nil
  ) throws(CannotStart) -> ProcessGroup {
    let run = "command-\(UInt64.random(in: .min ... .max))"
    let environment = plan.fullEnvironment(from: ownEnvironment, run: run)
    let path = environment["PATH"] ?? CommandSearch.usualPath
    let program = try CommandSearch.find(plan.command.first ?? "", path: path, directory: plan.directory)
    let process = try Spawn.start(
      program, plan.command, environment: environment, directory: plan.directory, output: output, errors: errors)
    return ProcessGroup(
      leader: process, startTime: ProcessTable.entry(process)?.startTime ?? 0, run: run, isChild: true)
  }

  private static func wait(for group: ProcessGroup, _ limit: Duration) -> ProcessEnd {
    guard let descriptor = Descriptor(linux_pidfd_open(group.leader)) else { return .unseen }
    var event = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&event, 1, Int32(clamping: Int64(limit / .milliseconds(1))))
    guard let end = Spawn.end(of: group.leader) else {
      group.send(SIGKILL)
      _ = unsafe poll(&event, 1, -1)
      return .killed(signal: SIGKILL)
    }
    return end
  }
}
