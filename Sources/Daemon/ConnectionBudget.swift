/// How many connections the process can serve with the descriptors that it may have.
struct ConnectionBudget: Equatable {
  /// What the settings say.
  var wanted: Int
  /// Descriptors of the process.
  var descriptors: Int

  /// For files, pipes of services, listeners, and clients that get their 503.
  static let reserve = 256

  /// Each client may need a connection to a service as well; without a descriptor for that it would be let in to a 502.
  var affordable: Int { max(16, (descriptors - Self.reserve) / 2) }

  var connections: Int { min(wanted, affordable) }

  /// What to tell a person; nil when the settings hold.
  var warning: String? {
    guard affordable < wanted else { return nil }
    return
      "gateway.limits.connections is \(wanted), and \(descriptors) descriptors are enough for \(affordable): further connections "
      + "get 503. Give the process \(2 * wanted + Self.reserve), with LimitNOFILE= in its systemd unit, or with: ulimit -n "
      + "\(2 * wanted + Self.reserve)"
  }
}
