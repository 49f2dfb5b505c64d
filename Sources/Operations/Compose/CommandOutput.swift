internal import CLinux
internal import Glibc
internal import Model

/// A command of somebody else that is run for what it prints.
struct CommandOutput: Sendable {
  var end: ProcessEnd
  var output: [UInt8]
  /// The last lines of standard error.
  var errors: String
  var isTooLate: Bool

  var isDone: Bool { end == .exited(status: 0) && !isTooLate }

  static let mostBytes = 16 << 20

  /// Runs it to its end, in a group of its own. Past `limit` (nil: however long) or cancelled, all of it is killed. `line` gets
  /// every line of both outputs as it comes, on a thread of its own.
  static func run(
    _ plan: ProcessPlan, limit: Duration?, line: (@Sendable (String) -> Void)? = nil
  ) async throws -> CommandOutput {
    let running = Lock<ProcessGroup?>(nil)
    return try await withTaskCancellationHandler {
      try await Threads.result {
        var reader = try CommandReader(plan, running, line)
        return reader.readToEnd(limit)
      }
    } onCancel: {
      running.withLock { running in _ = running?.send(SIGKILL) }
    }
  }
}

/// Reads what one command prints until it has ended, on the thread that it is called on.
private struct CommandReader {
  private let group: ProcessGroup
  private let running: Lock<ProcessGroup?>
  private var pipes: [CommandPipe]
  private let began = monotonicClock()

  init(_ plan: ProcessPlan, _ running: Lock<ProcessGroup?>, _ line: (@Sendable (String) -> Void)?) throws(CannotStart) {
    guard let output = CommandPipe(line, keepsAll: line == nil), let errors = CommandPipe(line, keepsAll: false) else {
      throw CannotStart(description: "cannot start: no file descriptors are left")
    }
    group = try CommandRun.start(plan, output: output.writing, errors: errors.writing)
    self.running = running
    pipes = [output, errors]
    for index in pipes.indices { pipes[index].writing = nil }
    running.withLock { $0 = group }
  }

  mutating func readToEnd(_ limit: Duration?) -> CommandOutput {
    var isTooLate = false
    while pipes.contains(where: { !$0.isAtEnd }) {
      var events = pipes.filter { !$0.isAtEnd }.map { pollfd(fd: $0.reading.number, events: Int16(POLLIN), revents: 0) }
      let left = limit.map { max(.zero, $0 - (monotonicClock() - began)) }
      let wait = left.map { Int32(clamping: Int64($0 / .milliseconds(1)) + 1) } ?? -1
      let count = unsafe poll(&events, nfds_t(events.count), wait)
      if count < 0, errno != EINTR { break }
      if count == 0 {
        isTooLate = true
        break
      }
      for event in events where event.revents != 0 {
        for index in pipes.indices where pipes[index].reading.number == event.fd { pipes[index].take() }
      }
    }
    return finish(isTooLate)
  }

  private mutating func finish(_ isTooLate: Bool) -> CommandOutput {
    if isTooLate { group.send(SIGKILL) }
    // Its outputs are closed, so it ends now; who closes them and goes on gets a moment.
    if let descriptor = Descriptor(linux_pidfd_open(group.leader)) {
      var event = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
      if unsafe poll(&event, 1, 5000) == 0 {
        group.send(SIGKILL)
        _ = unsafe poll(&event, 1, -1)
      }
    }
    let end = Spawn.end(of: group.leader) ?? .unseen
    // Under the lock: nobody else may signal the group's number once it is let go.
    running.withLock { running in
      group.send(SIGKILL)
      Spawn.reap(group.leader)
      running = nil
    }
    for index in pipes.indices { pipes[index].finish() }
    return CommandOutput(
      end: end, output: pipes[0].kept, errors: String(decoding: pipes[1].kept, as: UTF8.self), isTooLate: isTooLate)
  }
}

/// One of a command's two outputs.
private struct CommandPipe {
  let reading: Descriptor
  var writing: Descriptor?
  private(set) var kept: [UInt8] = []
  private(set) var isAtEnd = false
  private var partial: [UInt8] = []
  private let line: (@Sendable (String) -> Void)?
  private let keepsAll: Bool

  init?(_ line: (@Sendable (String) -> Void)?, keepsAll: Bool) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0, let reading = Descriptor(ends[0]), let writing = Descriptor(ends[1]) else { return nil }
    // Every child of ours closes what it is not given (see Spawn), so there is no moment at which one could inherit them.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (self.reading, self.writing, self.line, self.keepsAll) = (reading, writing, line, keepsAll)
  }

  mutating func take() {
    guard let piece = reading.read(upTo: 65536), !piece.isEmpty else {
      isAtEnd = true
      return
    }
    if !keepsAll || kept.count < CommandOutput.mostBytes { kept += piece }
    if !keepsAll, kept.count > 16384 { kept.removeFirst(kept.count - 8192) }
    guard line != nil else { return }
    partial += piece
    while let end = partial.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
      tell(partial[..<end])
      partial.removeFirst(end + 1)
    }
    // A line without end is no line.
    if partial.count > 1 << 20 { partial = [] }
  }

  mutating func finish() {
    tell(partial[...])
    partial = []
  }

  private func tell(_ bytes: ArraySlice<UInt8>) {
    if !bytes.isEmpty { line?(String(decoding: bytes, as: UTF8.self)) }
  }
}
