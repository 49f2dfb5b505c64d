/// How long to wait before a service that ended is started again: doubled each time from `first` to `longest`, spread by a fifth
/// either way so that services that fell together do not rise together, and from the beginning again after `steadyAfter` up.
package struct BackOff: Sendable, Hashable {
  package var first: Duration
  package var longest: Duration
  package var steadyAfter: Duration
  private var failures = 0

  package init(first: Duration = .seconds(1), longest: Duration = .seconds(60), steadyAfter: Duration = .seconds(60)) {
    self.first = first
    self.longest = longest
    self.steadyAfter = steadyAfter
  }

  package mutating func reset() { failures = 0 }

  /// The wait after an end. `uptime`: how long it ran, zero when it could not be started. `chance`: 0..<1.
  package mutating func wait(afterUptime uptime: Duration, chance: Double) -> Duration {
    if uptime >= steadyAfter { failures = 0 }
    var wait = first
    for _ in 0..<failures where wait < longest { wait = wait * 2 }
    failures += 1
    return min(longest, max(first, wait * (0.8 + 0.4 * chance)))
  }
}
