/// Why a websocket did not open, or ended otherwise than by a close.
package enum WebSocketError: Error, Sendable {
  /// The answer to the handshake was not 101.
  case refused(ResponseHead)
  case badHandshake(String)
  /// The peer broke RFC 6455.
  case violation(String)
  case tooLarge(limit: Int)
  case connection(ClientError)
}

extension WebSocketError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .refused(let head): "The websocket was refused with status \(head.status)."
    case .badHandshake(let what): "The answer to the websocket's opening is wrong: \(what)."
    case .violation(let what): "The other end of the websocket broke its rules: \(what)."
    case .tooLarge(let limit): "A message of the websocket is larger than \(limit) bytes."
    case .connection(let error): "\(error)"
    }
  }
}
