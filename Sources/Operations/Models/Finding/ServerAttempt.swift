internal import Client

/// What came of asking at one place.
package struct ServerAttempt: Sendable, Hashable {
  package enum Outcome: Sendable, Hashable {
    /// With its version, where it tells one.
    case answered(version: String?)
    /// 403 without a word: Ollama's rules for Host and Origin.
    case forbidden
    /// Something answers that is no model server.
    case somethingElse(String)
    /// Nothing listens there: the machine is there, and said so.
    case refused
    /// Not a word: a firewall that drops, or no such machine.
    case silent
    case unreachable(String)
    case unknownName
  }

  package var candidate: ServerCandidate
  package var outcome: Outcome

  package init(candidate: ServerCandidate, outcome: Outcome) {
    self.candidate = candidate
    self.outcome = outcome
  }

  package var isAnswered: Bool {
    if case .answered = outcome { true } else { false }
  }

  /// What was seen, in words that go after the address.
  package var words: String {
    switch outcome {
    case .answered(let version?): "answers, version \(version)"
    case .answered(nil): "answers"
    case .forbidden: "refuses the request (403)"
    case .somethingElse(let what): "is something else: \(what)"
    case .refused: "nothing listens there"
    case .silent: "does not answer at all"
    case .unreachable(let reason): "cannot be reached: \(reason)"
    case .unknownName: "has no address here"
    }
  }
}

extension ServerAttempt.Outcome {
  package init(_ error: ModelError) {
    switch error {
    case .refused(403, ""): self = .forbidden
    case .refused(let status, _): self = .somethingElse("it answers \(status)")
    case .gaveUp(let message), .unreadable(let message): self = .somethingElse(message)
    case .unreachable(let error): self.init(error)
    }
  }

  private init(_ error: ClientError) {
    switch error {
    case .refused: self = .refused
    case .timedOut: self = .silent
    case .couldNotResolve: self = .unknownName
    case .unreachable(_, let reason), .notSecure(_, let reason), .failed(_, let reason): self = .unreachable(reason)
    case .closedEarly, .notHTTP: self = .somethingElse("it does not speak HTTP")
    default: self = .unreachable("\(error)")
    }
  }
}
