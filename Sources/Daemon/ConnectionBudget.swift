/// How many connections the process can serve with the descriptors that it may have.
struct ConnectionBudget: Equatable {
  /// What the settings say.
  var wanted: Int
  /// Descriptors of the process.
  var descriptors: Int

  /// For files, pipes of services, listeners, and a connection to a service for those clients that ask just now: most are idle.
  private var reserve: Int { max(256, descriptors / 4) }

  var affordable: Int { max(16, descriptors - reserve) }

  var connections: Int { min(wanted, affordable) }

  /// What to tell a person; nil when the settings hold.
  var warning: String? {
    guard affordable < wanted else { return nil }
    let needed = max(wanted + 256, wanted * 4 / 3 + 1)
    return
      "gateway.limits.connections is \(wanted), and \(descriptors) descriptors are enough for \(affordable): further ones get 503. "
      + "Give the process \(needed), with LimitNOFILE= in its systemd unit, or with: ulimit -n \(needed)"
  }
}
