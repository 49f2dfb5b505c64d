/// How a process ended.
package enum ProcessEnd: Sendable, Hashable {
  case exited(status: Int32)
  case killed(signal: Int32)
  /// It was adopted from an earlier daemon: only its parent is told how it ended.
  case unseen

  /// Goes after the service's name.
  var sentence: String {
    switch self {
    case .exited(let status): "ended with status \(status)"
    case .killed(9): "was killed by signal 9 (when nobody did that, memory may have run out)"
    case .killed(let signal): "was ended by signal \(signal)"
    case .unseen: "ended"
    }
  }
}
