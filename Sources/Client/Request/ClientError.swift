/// Why a request got no answer. Its description says what happened; none of them holds credentials or a query.
package enum ClientError: Error, Sendable, Hashable {
  package enum Phase: String, Sendable, Hashable {
    case connecting = "connecting"
    case total = "the whole answer"
    case idle = "silence"
  }

  /// It was not sent.
  case invalidRequest(String)
  case couldNotResolve(host: String)
  /// Nothing listens there.
  case refused(by: String)
  /// No way there; `reason` is the system's word for it.
  case unreachable(String, reason: String)
  /// `limit` is the one of ClientTimeouts that was reached.
  case timedOut(Phase, limit: Duration, at: String)
  /// The connection ended before the answer did.
  case closedEarly(by: String)
  /// What came back is not an HTTP answer that can be read one way only.
  case notHTTP(from: String)
  case tooLarge(limit: Int)
  case tooManyRedirects(limit: Int)
  /// The certificate is not trusted, or the encrypted connection failed; `reason` is libcurl's word for it.
  case notSecure(String, reason: String)
  case cancelled
  /// Anything else, with libcurl's number and word for it.
  case failed(code: Int, reason: String)
}

extension ClientError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalidRequest(let reason): "The request cannot be sent: \(reason)."
    case .couldNotResolve(let host): "The name \(host) has no address."
    case .refused(let place): "Nothing listens at \(place): the connection was refused."
    case .unreachable(let place, let reason): "\(place) cannot be reached: \(reason)."
    case .timedOut(.connecting, let limit, let place): "\(place) did not take the connection within \(limit.inSeconds)."
    case .timedOut(.total, let limit, let place): "\(place) did not finish its answer within \(limit.inSeconds)."
    case .timedOut(.idle, let limit, let place): "\(place) sent nothing for \(limit.inSeconds)."
    case .closedEarly(let place): "\(place) closed the connection before its answer was complete."
    case .notHTTP(let place): "\(place) answered with something that is not HTTP."
    case .tooLarge(let limit): "The answer is larger than \(limit) bytes."
    case .tooManyRedirects(let limit): "The answer was a redirect more than \(limit) times."
    case .notSecure(let place, let reason): "The encrypted connection to \(place) failed: \(reason)."
    case .cancelled: "The request was cancelled."
    case .failed(let code, let reason): "The request failed: \(reason) (libcurl \(code))."
    }
  }
}

extension Duration {
  /// `1.5 s`.
  var inSeconds: String {
    let hundredths = components.seconds * 100 + components.attoseconds / 10_000_000_000_000_000
    let (whole, rest) = (hundredths / 100, hundredths % 100)
    if rest == 0 { return "\(whole) s" }
    return rest % 10 == 0 ? "\(whole).\(rest / 10) s" : "\(whole).\(rest < 10 ? "0" : "")\(rest) s"
  }
}
