internal import CLinux
internal import Glibc
internal import Model

/// For what blocks and has no other way: it must not hold up the few threads that run Swift's tasks.
enum Threads {
  /// Runs `body` on a thread of its own that ends with it.
  static func run(_ body: @escaping @Sendable () -> Void) {
    let box = unsafe Unmanaged.passRetained(Box(body)).toOpaque()
    // Not pthread_attr_t(): whose member that is depends on which C module the compiler read first.
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    unsafe pthread_attr_init(attributes)
    unsafe pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
    unsafe pthread_attr_setstacksize(attributes, 256 * 1024)
    var thread = pthread_t()
    let status = unsafe pthread_create(&thread, attributes, threadEntry, box)
    unsafe pthread_attr_destroy(attributes)
    unsafe attributes.deallocate()
    precondition(status == 0, "no thread could be started: the limit of threads is reached")
  }

  /// Waits for `body`, which runs on a thread of its own. Cancelled, it throws at once, and the thread ends by itself.
  static func result<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    let turn = Lock<CheckedContinuation<Result, any Error>?>(nil)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        turn.withLock { $0 = continuation }
        if Task.isCancelled { take(turn)?.resume(throwing: CancellationError()) }
        run {
          let result = Swift.Result { try body() }
          take(turn)?.resume(with: result)
        }
      }
    } onCancel: {
      take(turn)?.resume(throwing: CancellationError())
    }
  }

  /// The continuation, for the first one only that asks.
  private static func take<Result>(
    _ turn: Lock<CheckedContinuation<Result, any Error>?>
  ) -> CheckedContinuation<Result, any Error>? {
    turn.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
  }

  fileprivate final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}

/// A global function and no closure: a closure literal would inherit the main actor where it stands, and trap in the new thread.
private nonisolated func threadEntry(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let box = unsafe box else { return nil }
  unsafe Unmanaged<Threads.Box>.fromOpaque(box).takeRetainedValue().body()
  return nil
}
