internal import CLinux
internal import Glibc
internal import Model

/// One of the machine's own commands (systemctl, useradd, ...), waited for, with what it printed.
package struct SystemCommand: Sendable, Hashable {
  /// 128 and more: a signal's.
  package var status: Int32
  package var text: String

  package init(status: Int32, text: String) {
    self.status = status
    self.text = text
  }

  /// Runs it to its end; past `limit` it is killed. Its output goes to a file without a name, so that it never waits for a reader.
  /// `environment` is added to the minimal one of every child. Throws `CannotStart`, or `CancellationError`.
  package static func run(
    _ command: [String], environment: [String: String] = [:], limit: Duration = .seconds(120)
  ) async throws -> SystemCommand {
    try await Threads.result { try runBlocking(command, environment, limit) }
  }

  private static func runBlocking(
    _ command: [String], _ environment: [String: String], _ limit: Duration
  ) throws(CannotStart) -> SystemCommand {
    guard let output = Descriptor(opening: "/tmp", O_RDWR | __O_TMPFILE | O_DIRECTORY) else {
      throw CannotStart(description: "cannot start: /tmp takes no file: \(unsafe String(cString: strerror(errno)))")
    }
    let plan = ProcessPlan(command: command, environment: environment, directory: "/")
    let run = "command-\(UInt64.random(in: .min ... .max))"
    let all = plan.fullEnvironment(from: ownEnvironment, run: run)
    let program = try CommandSearch.find(command.first ?? "", path: all["PATH"] ?? CommandSearch.usualPath, directory: "/")
    let process = try Spawn.start(program, command, environment: all, directory: "/", output: output)
    let end = wait(for: process, limit)
    Spawn.reap(process)
    lseek(output.number, 0, SEEK_SET)
    let text = String(decoding: output.read(upTo: 256 * 1024) ?? [], as: UTF8.self)
    return SystemCommand(status: status(of: end), text: text)
  }

  private static func wait(for process: Int32, _ limit: Duration) -> ProcessEnd {
    guard let descriptor = Descriptor(linux_pidfd_open(process)) else { return .unseen }
    var event = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&event, 1, Int32(clamping: Int64(limit / .milliseconds(1))))
    if let end = Spawn.end(of: process) { return end }
    linux_pidfd_send_signal(descriptor.number, SIGKILL)
    _ = unsafe poll(&event, 1, -1)
    return .killed(signal: SIGKILL)
  }

  private static func status(of end: ProcessEnd) -> Int32 {
    switch end {
    case .exited(let status): status
    case .killed(let signal): 128 + signal
    case .unseen: 127
    }
  }
}
