internal import Glibc

/// A descriptor that is closed with the last reference to it. Reads and writes never wait.
final class Socket {
  enum Read {
    case bytes([UInt8])
    case wouldWait, ended, failed
  }

  enum Write {
    case taken(Int)
    case wouldWait, failed
  }

  let descriptor: Int32

  init?(duplicating other: Int32) {
    descriptor = fcntl(other, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else { return nil }
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  /// Only names the file. Nil, with `errno`, when it cannot be found.
  init?(pathOnly path: String) {
    descriptor = unsafe open(path, __O_PATH | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  func read() -> Read {
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 16 * 1024) { buffer, count in
      let result = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
      failure = result < 0 ? errno : 0
      count = max(0, result)
    }
    if failure == EAGAIN || failure == EINTR { return .wouldWait }
    if failure != 0 { return .failed }
    return bytes.isEmpty ? .ended : .bytes(bytes)
  }

  func write(_ bytes: ArraySlice<UInt8>) -> Write {
    let result = unsafe bytes.withUnsafeBytes { unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    if result >= 0 { return .taken(result) }
    return errno == EAGAIN || errno == EINTR ? .wouldWait : .failed
  }
}

/// Runs `body` on a new thread that gets no signals: a broken pipe must not end the process, and handlers belong to others.
/// False when the system has no thread left.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  let box = unsafe Unmanaged.passRetained(ThreadBody(run: body))
  var all = sigset_t()
  var before = sigset_t()
  _ = unsafe sigfillset(&all)
  _ = unsafe pthread_sigmask(SIG_BLOCK, &all, &before)
  defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
  var thread = pthread_t()
  guard unsafe pthread_create(&thread, nil, threadEntry, box.toOpaque()) == 0 else {
    unsafe box.release()
    return false
  }
  pthread_detach(thread)
  return true
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(run: @escaping @Sendable () -> Void) { self.run = run }
}

/// A function and not a closure: a closure made on the main actor would trap on another thread.
private func threadEntry(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  unsafe Unmanaged<ThreadBody>.fromOpaque(context!).takeRetainedValue().run()
  return nil
}
