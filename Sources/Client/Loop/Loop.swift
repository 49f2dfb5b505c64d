internal import Model

/// The one thread on which libcurl works. It sleeps in `curl_multi_poll` and is woken by bytes, deadlines and commands.
final class Loop: Sendable {
  private struct Inbox {
    var commands: [Command] = []
    var isOpen = true
  }

  private let inbox = Lock(Inbox())
  private let multi: Multi

  private init(multi: Multi) { self.multi = multi }

  static func start() throws(ClientError) -> Loop {
    guard let multi = Multi() else { throw .failed(code: 27, reason: "out of memory") }
    let loop = Loop(multi: multi)
    guard startThread({ loop.run() }) else { throw .failed(code: 27, reason: "no thread could be started") }
    return loop
  }

  /// False when the loop has stopped.
  @discardableResult
  func submit(_ command: Command) -> Bool {
    inbox.withLock { inbox in
      guard inbox.isOpen else { return false }
      inbox.commands.append(command)
      // Under the lock, so that the multi handle cannot be closed meanwhile.
      if inbox.commands.count == 1 { multi.wake() }
      return true
    }
  }

  private func run() {
    var work = LoopWork(multi: multi)
    while true {
      let commands = inbox.withLock { inbox in
        defer { inbox.commands = [] }
        return inbox.commands
      }
      for command in commands { work.carryOut(command) }
      if work.isStopped { break }
      work.advance()
      work.wait()
    }
    let late = inbox.withLock { inbox in
      inbox.isOpen = false
      return inbox.commands
    }
    for command in late { work.carryOut(command) }
    work.cancelAll()
    multi.close()
  }
}
