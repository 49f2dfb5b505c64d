/// When to probe: often while a service starts, then at the interval.
package struct ProbeSchedule: Sendable, Hashable {
  package var interval: Duration
  /// The first wait while starting; each further one is a quarter longer, up to the interval.
  package var whileStarting: Duration

  package init(interval: Duration, whileStarting: Duration = .milliseconds(250)) {
    self.interval = interval
    self.whileStarting = min(whileStarting, interval)
  }

  /// Shorter than the interval, so that two probes of one target never overlap.
  package var timeout: Duration { min(interval * 0.8, .seconds(10)) }

  /// From the beginning of one probe to that of the next. `count`: probes since the start. `chance` (0..<1) spreads the probes
  /// of many services over time: a tenth of the interval either way, and never below the time-out.
  package func wait(isStarting: Bool, count: Int, chance: Double) -> Duration {
    guard !isStarting else { return startingWait(count) }
    return max(timeout, interval * (0.9 + 0.2 * chance))
  }

  private func startingWait(_ count: Int) -> Duration {
    var wait = whileStarting
    for _ in 1..<max(2, count) where wait < interval { wait = wait * 1.25 }
    return min(wait, interval)
  }
}
