internal import CLinux
internal import Glibc
internal import Model

/// A short command whose output is wanted.
package struct CommandOutput: Sendable, Hashable {
  /// 128 and more: a signal's.
  package var status: Int32
  /// What it wrote, to both streams in their order; 256 KiB at most.
  package var text: String

  private static let limit = 256 * 1024

  /// Runs `command` to its end in a group of its own; past `limit` all of it is killed, and the status is that of SIGKILL.
  /// `environment` is added to the minimal one that every child gets. Throws `CannotStart` or `CancellationError`.
  package static func run(
    _ command: [String], environment: [String: String] = [:], directory: String = "/", limit: Duration
  ) async throws -> CommandOutput {
    let group = Lock<ProcessGroup?>(nil)
    return try await withTaskCancellationHandler {
      try await Threads.result {
        let (started, output) = try start(command, environment, directory)
        group.withLock { $0 = started }
        let text = read(output, until: ContinuousClock.now + limit)
        return finish(started, text, group)
      }
    } onCancel: {
      group.withLock { _ = $0?.send(SIGKILL) }
    }
  }

  /// The writing end is the child's alone when this returns.
  private static func start(
    _ command: [String], _ environment: [String: String], _ directory: String
  ) throws(CannotStart) -> (ProcessGroup, Descriptor) {
    var ends: [Int32] = [-1, -1]
    // Children get none of our descriptors but those that they are given, so the flag is not missed meanwhile.
    guard unsafe pipe(&ends) == 0, let reading = Descriptor(ends[0]), let writing = Descriptor(ends[1]) else {
      throw CannotStart(description: "cannot start: no more files can be opened")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (try start(command, environment, directory, writing), reading)
  }

  private static func start(
    _ command: [String], _ own: [String: String], _ directory: String, _ output: Descriptor
  ) throws(CannotStart) -> ProcessGroup {
    let plan = ProcessPlan(command: command, environment: own, directory: directory)
    let run = "command-\(UInt64.random(in: .min ... .max))"
    let environment = plan.fullEnvironment(from: ownEnvironment, run: run)
    let path = environment["PATH"] ?? CommandSearch.usualPath
    let program = try CommandSearch.find(command.first ?? "", path: path, directory: directory)
    let process = try Spawn.start(program, command, environment: environment, directory: directory, output: output)
    return ProcessGroup(
      leader: process, startTime: ProcessTable.entry(process)?.startTime ?? 0, run: run, isChild: true)
  }

  /// Until the last writer is gone, or it is too late.
  private static func read(_ pipe: Descriptor, until end: ContinuousClock.Instant) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < Self.limit {
      var event = pollfd(fd: pipe.number, events: Int16(POLLIN), revents: 0)
      let left = ContinuousClock.now.duration(to: end)
      guard left > .zero, unsafe poll(&event, 1, Int32(clamping: Int64(left / .milliseconds(1)) + 1)) > 0 else { return bytes }
      guard let piece = pipe.read(upTo: 65536), !piece.isEmpty else { return bytes }
      bytes += piece
    }
    return bytes
  }

  private static func finish(_ started: ProcessGroup, _ text: [UInt8], _ group: Lock<ProcessGroup?>) -> CommandOutput {
    let end = waited(started)
    group.withLock { running in
      started.send(SIGKILL)
      Spawn.reap(started.leader)
      running = nil
    }
    let status: Int32 =
      switch end {
      case .exited(let status): status
      case .killed(let signal): 128 + signal
      case .unseen: 127
      }
    return CommandOutput(status: status, text: String(decoding: text, as: UTF8.self))
  }

  /// Its output is over, so it ends at once, or was too late and is killed.
  private static func waited(_ group: ProcessGroup) -> ProcessEnd {
    guard let descriptor = Descriptor(linux_pidfd_open(group.leader)) else { return .unseen }
    var event = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
    if unsafe poll(&event, 1, 250) == 0 {
      group.send(SIGKILL)
      _ = unsafe poll(&event, 1, -1)
    }
    return Spawn.end(of: group.leader) ?? .unseen
  }
}
