internal import Glibc

/// Why bytes did not come or go as a test wanted.
package enum WireError: Error, Equatable, CustomStringConvertible {
  /// The deadline passed while waiting for this.
  case timedOut(String)
  /// The peer ended its side in the middle of this.
  case ended(String)
  /// The peer reset the connection.
  case reset
  /// The peer broke the protocol.
  case malformed(String)
  case system(call: String, code: Int32)

  package var description: String {
    switch self {
    case .timedOut(let what): "the deadline passed while waiting for \(what)"
    case .ended(let what): "the peer ended its side in the middle of \(what)"
    case .reset: "the peer reset the connection"
    case .malformed(let what): "malformed: \(what)"
    case .system(let call, let code): unsafe "\(call): \(String(cString: strerror(code)))"
    }
  }

  /// The peer is gone, in one way or the other.
  package var isEnd: Bool {
    switch self {
    case .ended, .reset: true
    default: false
    }
  }
}
