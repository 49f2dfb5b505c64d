import CLinux
import Glibc

/// What the process is told from outside.
enum StackSignal: Sendable {
  /// SIGTERM or SIGINT.
  case terminate
  /// SIGHUP: load the settings again.
  case reload
}

enum Signals {
  /// To be called once in a process.
  static func stream() -> AsyncStream<StackSignal> {
    signal(SIGPIPE, SIG_IGN)
    let numbers = [SIGTERM, SIGINT, SIGHUP]
    let pipe = unsafe linux_catch_signals(numbers, Int32(numbers.count))
    let (stream, continuation) = AsyncStream<StackSignal>.makeStream()
    let box = unsafe Unmanaged.passRetained(SignalPipe(descriptor: pipe, sink: continuation))
    var thread = pthread_t()
    unsafe pthread_create(&thread, nil, readSignals, box.toOpaque())
    pthread_detach(thread)
    return stream
  }
}

private final class SignalPipe: Sendable {
  let descriptor: Int32
  let sink: AsyncStream<StackSignal>.Continuation

  init(descriptor: Int32, sink: AsyncStream<StackSignal>.Continuation) {
    self.descriptor = descriptor
    self.sink = sink
  }

  func forward() {
    // Whoever started this program may have left them blocked, which is inherited.
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, number) }
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    var number: UInt8 = 0
    while true {
      let count = unsafe read(descriptor, &number, 1)
      guard count == 1 else {
        if count < 0, errno == EINTR { continue }
        return
      }
      sink.yield(Int32(number) == SIGHUP ? .reload : .terminate)
    }
  }
}

/// A global function: a closure would inherit the main actor and trap in the new thread.
private nonisolated func readSignals(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context = unsafe context else { return nil }
  unsafe Unmanaged<SignalPipe>.fromOpaque(context).takeRetainedValue().forward()
  return nil
}
