internal import Glibc

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

// A closure literal here could inherit an actor and trap in the new thread; a global function cannot.
private nonisolated func enterThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  unsafe Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue().run()
  return nil
}

/// Runs `body` on a thread of its own, which may block.
package func startThread(_ body: @escaping @Sendable () -> Void) {
  var thread = pthread_t()
  let argument = unsafe Unmanaged.passRetained(ThreadBody(body)).toOpaque()
  let result = unsafe pthread_create(&thread, nil, enterThread, argument)
  precondition(result == 0, "no thread to be had")
  pthread_detach(thread)
}

/// Runs tasks on threads that may block, so that tests which wait on sockets do not hold each other up.
package final class BlockingExecutor: TaskExecutor {
  package static let shared = BlockingExecutor(threads: 32)

  private let jobs = Monitor([UnownedJob]())

  package init(threads: Int) {
    for _ in 0..<threads {
      startThread { [self] in
        while true { unsafe next().runSynchronously(on: asUnownedTaskExecutor()) }
      }
    }
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.change { $0.append(job) }
  }

  private func next() -> UnownedJob {
    jobs.wait(nil) { $0.isEmpty ? nil : $0.removeFirst() }!
  }
}
