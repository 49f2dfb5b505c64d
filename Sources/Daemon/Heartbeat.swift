import Gateway
import Glibc
import Operations

/// Tells the service manager that the daemon is alive, as long as all of it is: every event loop, the supervisor and the main actor
/// must answer before each sign of life. One that hangs lets the manager's patience run out, and it starts the daemon anew.
struct Heartbeat {
  let services: DaemonServices
  /// Nil: nobody waits for anything.
  let manager: NotifySocket?
  var request = WatchdogRequest()

  /// Until cancelled.
  func run() async {
    guard let manager, let request else { return }
    // Half of the limit is the manager's own advice; a third forgives one lost turn.
    let pause = request.limit / 3
    var number: UInt64 = 0
    while !Task.isCancelled {
      number += 1
      services.gateway.sendPulse(number)
      _ = await services.supervisor.isRunning
      await MainActor.run {}
      if await loopsAnswer(number, within: pause) { manager.send(.alive) }
      try? await Task.sleep(for: pause)
    }
  }

  private func loopsAnswer(_ number: UInt64, within limit: Duration) async -> Bool {
    let deadline = ContinuousClock.now + limit
    while !services.gateway.hasPulse(number) {
      guard ContinuousClock.now < deadline, !Task.isCancelled else { return false }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return true
  }
}

func monotonicMicroseconds() -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
}
