internal import Client
internal import Model

/// One attempt of a proof. Without a remedy all was as it should be.
struct Trial {
  var sent: String
  var received: String
  var remedy: String?
}

extension [Trial] {
  /// What came back, each kind with how often: `6 x 401 from Leanto with a challenge, 4 x 400 from Leanto`.
  var tally: String {
    var kinds: [(words: String, count: Int)] = []
    for trial in self {
      if let index = kinds.firstIndex(where: { $0.words == trial.received }) {
        kinds[index].count += 1
      } else {
        kinds.append((trial.received, 1))
      }
    }
    return kinds.map { "\($0.count) x \($0.words)" }.joined(separator: ", ")
  }
}

/// Makes proofs of trials. The pass's password and the gate's key are taken out of whatever came back.
struct ProofWriter {
  var password: String
  var key = ""

  /// Proven when every trial was good. A failure tells only what went wrong.
  func proof(_ subject: String, _ service: String, sent: String, received: String, _ trials: [Trial]) -> Proof {
    let bad = trials.filter { $0.remedy != nil }
    guard !bad.isEmpty else { return made(subject, service, .proven, sent, received, "") }
    let shown = bad.prefix(3)
    let more = bad.count > shown.count ? " (and \(bad.count - shown.count) more)" : ""
    return made(
      subject, service, .failed, shown.map(\.sent).joined(separator: "; ") + more, shown.map(\.received).joined(separator: "; "),
      bad[0].remedy ?? "")
  }

  func proof(_ subject: String, _ service: String, _ trial: Trial) -> Proof {
    proof(subject, service, sent: trial.sent, received: trial.received, [trial])
  }

  func skipped(_ subject: String, _ service: String, because reason: String) -> Proof {
    made(subject, service, .skipped, "nothing", reason, "")
  }

  private func made(
    _ subject: String, _ service: String, _ outcome: Proof.Outcome, _ sent: String, _ received: String, _ remedy: String
  ) -> Proof {
    Proof(
      subject: subject, service: service, outcome: outcome, sent: clean(sent), received: clean(received), remedy: remedy)
  }

  private func clean(_ text: String) -> String {
    [(password, "(password)"), (key, "(key)")].reduce(text) { text, secret in
      // A pass is long; a short one would be found in ordinary words.
      guard secret.0.utf8.count >= 8 else { return text }
      return text.split(separator: secret.0, omittingEmptySubsequences: false).joined(separator: secret.1)
    }
  }
}

/// What to do about an answer that should have been another.
enum Remedy {
  static func connection(_ error: ClientError) -> String {
    switch error {
    case .refused, .unreachable: "The gateway does not listen there: run 'leanto up', then 'leanto status'."
    case .timedOut: "The answer took too long: run 'leanto status' to see what is still starting, then 'leanto verify' again."
    default: "Run 'leanto logs' to see what the gateway says about it, then 'leanto restart'."
    }
  }

  /// Leanto answered where the service should have.
  static func notReached(_ service: String, _ status: Int) -> String {
    switch status {
    case 401, 403:
      "The door stands where it should let through: run 'leanto check', then 'leanto restart' and 'leanto verify' again."
    case 404: "No route leads to it: run 'leanto check' and look at services.\(service).at."
    case 429: "The door waits after wrong passwords: wait ten minutes, then run 'leanto verify' again."
    default: "The service does not answer: run 'leanto logs \(service)' to see why, then 'leanto restart \(service)'."
    }
  }

  static func open(_ service: String, isOurs: Bool = false) -> String {
    if isOurs { return "The door of Leanto's own pages is open: run 'leanto down' now, this is a fault in Leanto." }
    return
      "The door is open: run 'leanto down' now, correct services.\(service).auth and .public in leanto.yaml until 'leanto check' "
      + "is content, then run 'leanto up' and 'leanto verify'."
  }
}
