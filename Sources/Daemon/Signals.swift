import Glibc

/// What the process is told from outside, as values. The signals are blocked everywhere and waited for on one thread, so no
/// handler ever runs in the middle of something.
enum StackSignal: Sendable {
  /// SIGTERM or SIGINT.
  case terminate
  /// SIGHUP: load the settings again.
  case reload
}

enum Signals {
  /// To be called before any other thread exists: threads inherit what is blocked.
  static func stream() -> AsyncStream<StackSignal> {
    signal(SIGPIPE, SIG_IGN)
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, number) }
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    let (stream, continuation) = AsyncStream<StackSignal>.makeStream()
    signalSink.set(continuation)
    var thread = pthread_t()
    unsafe pthread_create(&thread, nil, waitForSignals, nil)
    pthread_detach(thread)
    return stream
  }
}

private final class SignalSink: @unchecked Sendable {
  private var continuation: AsyncStream<StackSignal>.Continuation?
  func set(_ continuation: AsyncStream<StackSignal>.Continuation) { self.continuation = continuation }
  func yield(_ signal: StackSignal) { continuation?.yield(signal) }
}

/// Set once, before the thread that reads it is made.
private let signalSink = SignalSink()

/// A global function: a closure would inherit the main actor and trap in the new thread.
private nonisolated func waitForSignals(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  var set = sigset_t()
  unsafe sigemptyset(&set)
  for number in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, number) }
  while true {
    var number: Int32 = 0
    guard unsafe sigwait(&set, &number) == 0 else { continue }
    signalSink.yield(number == SIGHUP ? .reload : .terminate)
  }
}
