/// One promise, tried from outside, with what was sent and what came back.
package struct Proof: Sendable, Codable {
  package enum Outcome: String, Sendable, Codable {
    case proven, failed
    /// There is nothing to try it on; `received` says why.
    case skipped
  }

  /// One of: internal traffic, external traffic, basic auth, public paths, model gate, websocket, tunnel, stream,
  /// model.
  package var subject: String
  package var service: String
  package var outcome: Outcome
  package var sent: String
  package var received: String
  /// What to do, where it failed.
  package var remedy: String

  package init(subject: String, service: String, outcome: Outcome, sent: String, received: String, remedy: String = "") {
    self.subject = subject
    self.service = service
    self.outcome = outcome
    self.sent = sent
    self.received = received
    self.remedy = remedy
  }
}
