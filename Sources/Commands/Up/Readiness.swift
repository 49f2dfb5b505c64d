import Model

/// Whether the services of a stack are where they will stay. Pure: a status in, a verdict out.
struct Readiness: Sendable, Hashable {
  /// Seconds that an unhealthy service gets to become healthy.
  static let grace = 15.0
  /// So many starts in a row that ended are no accident.
  static let restartsThatCount = 3

  /// Names of services that are not there yet.
  var pending: [String]
  /// Those that will not come up by themselves.
  var failed: [String]

  /// `waited`: seconds since the stack was changed.
  init(_ status: StackStatus, waited: Double) {
    pending = []
    failed = []
    for service in status.services {
      switch service.state {
      case .healthy, .missing, .waiting: continue
      case .starting: pending.append(service.name)
      case .stopped: failed.append(service.name)
      case .unhealthy: waited < Self.grace ? pending.append(service.name) : failed.append(service.name)
      case .backingOff:
        service.restarts < Self.restartsThatCount && waited < 4 * Self.grace
          ? pending.append(service.name) : failed.append(service.name)
      }
    }
    decideOnWaiting(status, waited)
  }

  /// A service that waits is as good as what it waits for: while anything may still come, so may it.
  private mutating func decideOnWaiting(_ status: StackStatus, _ waited: Double) {
    let waiting = status.services.filter { $0.state == .waiting }.map(\.name)
    if !pending.isEmpty || waited < 2 { pending += waiting } else { failed += waiting }
  }

  var isSettled: Bool { pending.isEmpty }
}
