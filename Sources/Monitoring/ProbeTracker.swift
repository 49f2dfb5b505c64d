package import Model

/// What the probes of one service amount to. Pure: results and times in, a state out.
///
/// A service is down after `downAfter` failures in a row and up again after `upAfter` passes in a row; one good probe between bad
/// ones, or one bad between good ones, changes nothing. A start is different: the first pass makes it healthy, and failures do
/// not count until `grace` is over. A probe that could not check (`unknown`) neither counts nor breaks a row.
package struct ProbeTracker: Sendable {
  package private(set) var health = HealthReport.Health.starting
  /// What was wrong last; empty when it is healthy.
  package private(set) var message = ""
  /// Probes since the start, for how often to ask.
  package private(set) var count = 0
  private var failuresInARow = 0
  private var passesInARow = 0

  package var downAfter: Int
  package var upAfter: Int
  /// How long a start may take.
  package var grace: Duration

  package init(downAfter: Int, upAfter: Int, grace: Duration) {
    self.downAfter = max(1, downAfter)
    self.upAfter = max(1, upAfter)
    self.grace = grace
  }

  /// Returns whether the health changed.
  @discardableResult
  package mutating func record(_ result: ProbeResult, sinceStart: Duration) -> Bool {
    let before = health
    count += 1
    switch result {
    case .passed: recordPass()
    case .failed(let reason): recordFailure(reason, sinceStart)
    case .unknown(let reason):
      if health != .healthy { message = "could not be checked: \(reason)" }
    }
    return health != before
  }

  private mutating func recordPass() {
    failuresInARow = 0
    passesInARow += 1
    guard health == .starting || passesInARow >= upAfter else { return }
    health = .healthy
    message = ""
  }

  private mutating func recordFailure(_ reason: String, _ sinceStart: Duration) {
    passesInARow = 0
    failuresInARow += 1
    switch health {
    case .starting where sinceStart < grace: message = reason
    case .starting: (health, message) = (.unhealthy, "\(reason), \(grace.components.seconds) s after its start")
    case .healthy where failuresInARow < downAfter: break
    case .healthy, .unhealthy: (health, message) = (.unhealthy, reason)
    }
  }
}
