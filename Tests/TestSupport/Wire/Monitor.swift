internal import Glibc

/// State behind a lock, with a way to wait until it is as wanted.
@safe package final class Monitor<State>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var state: State

  package init(_ state: State) {
    self.state = state
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(changed, &attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  /// Runs `body` alone, then wakes everyone who waits.
  package func change<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer {
      unsafe pthread_cond_broadcast(changed)
      unsafe pthread_mutex_unlock(mutex)
    }
    return try body(&state)
  }

  package var value: State {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return state
  }

  /// Waits until `take` returns something, and returns that. Nil when the deadline passed first.
  package func wait<Result>(_ deadline: Deadline?, _ take: (inout State) throws -> Result?) rethrows -> Result? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let result = try take(&state) { return result }
      guard let deadline else {
        unsafe pthread_cond_wait(changed, mutex)
        continue
      }
      if deadline.isPast { return nil }
      var until = Self.monotonic(after: deadline.remaining)
      unsafe pthread_cond_timedwait(changed, mutex, &until)
    }
  }

  private static func monotonic(after seconds: Double) -> timespec {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let nanoseconds = Double(time.tv_nsec) + seconds * 1e9
    time.tv_sec += Int(nanoseconds / 1e9)
    time.tv_nsec = Int(nanoseconds.truncatingRemainder(dividingBy: 1e9))
    return time
  }
}

/// Opens once; whoever waits goes on.
package final class Gate: Sendable {
  private let isOpen = Monitor(false)
  private let name: String

  /// `name` is what a time-out says it waited for.
  package init(_ name: String) { self.name = name }

  package func open() { isOpen.change { $0 = true } }

  package func wait(_ deadline: Deadline = .patient) throws {
    guard isOpen.wait(deadline, { $0 ? true : nil }) != nil else { throw WireError.timedOut(name) }
  }
}
