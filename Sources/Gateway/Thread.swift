import CLinux
import Glibc

/// Runs `body` on a thread of its own, which ends with it.
func startThread(_ body: @escaping @Sendable () -> Void) {
  let box = unsafe Unmanaged.passRetained(ThreadBody(body))
  var thread = pthread_t()
  let status = unsafe pthread_create(&thread, nil, runThread, box.toOpaque())
  precondition(status == 0, "no thread could be started: the machine is out of processes (ulimit -u)")
  pthread_detach(thread)
}

/// For whoever looks at the threads of the process; 15 bytes at most.
func nameThread(_ name: String) { unsafe linux_name_thread(name) }

private final class ThreadBody: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// A global function and not a closure: a literal closure would inherit the main actor and trap in the new thread.
private nonisolated func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context = unsafe context else { return nil }
  unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().body()
  return nil
}
