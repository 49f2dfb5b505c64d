import Glibc
import Synchronization

/// Signals that would end this process, held back for the moment in which files are half made.
enum Interruption {
  /// The number of the signal that came; 0: none. Lock-free, so a signal handler may write it.
  private static let arrived = Atomic<Int32>(0)
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// The signal that came does its work after `body`, whether it threw or not.
  static func hold(_ body: (_ isInterrupted: () -> Bool) throws -> Void) throws {
    // Read once before a handler may run: the first use of a static makes it, which a handler must not do.
    arrived.store(0, ordering: .sequentiallyConsistent)
    let before = signals.map { signal($0, note) }
    defer {
      for (number, handler) in zip(signals, before) { signal(number, handler) }
      let number = arrived.load(ordering: .sequentiallyConsistent)
      if number != 0 { deliver(number) }
    }
    try body { arrived.load(ordering: .sequentiallyConsistent) != 0 }
  }

  /// Returns when a signal came; throws when the task is cancelled. The handlers of before are back afterwards.
  static func wait() async throws {
    arrived.store(0, ordering: .sequentiallyConsistent)
    let before = signals.map { signal($0, note) }
    defer { for (number, handler) in zip(signals, before) { signal(number, handler) } }
    while arrived.load(ordering: .sequentiallyConsistent) == 0 { try await Task.sleep(for: .milliseconds(30)) }
  }

  /// Does to this process what the signal does. The threads that Swift runs on block signals, so this one has to let it in.
  static func deliver(_ number: Int32) {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, number)
    unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    raise(number)
  }

  private static let note: @convention(c) (Int32) -> Void = { number in
    arrived.store(number, ordering: .sequentiallyConsistent)
  }
}
