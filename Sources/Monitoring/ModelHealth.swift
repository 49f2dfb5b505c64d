/// What is known of the model's server, and what to ask it next. Pure: times (seconds) and answers in, questions out.
///
/// No question to a model is without consequences: each starts its keep-alive time anew, and one to a model that is not in memory
/// loads it, which may put another out. So real answers count as proof, the list of models is asked for otherwise, and a tiny
/// generation is asked for only of a model that is in memory, while nobody else uses it, and never so often that it would stay.
package struct ModelHealth: Sendable, Hashable {
  package enum Question: Sendable, Hashable {
    /// Names, and what is in memory: less than a millisecond, and no consequences.
    case presence
    /// One token, of a model that is in memory.
    case generation(model: String)
  }

  /// Seconds without real answers after which a generation may be asked for.
  package static let silence = 60.0
  /// Ollama's own, while nothing else was seen.
  package static let usualKeepAlive = 300.0

  private var lastProof = -Double.infinity
  private var lastGeneration = -Double.infinity
  private var keepAlive = usualKeepAlive
  private var loaded: Set<String> = []
  private var listing: String?
  private var generating: String?

  /// What is wrong; nil: nothing is known to be.
  package var problem: String? { listing ?? generating }

  package init() {}

  /// Somebody got an answer with tokens in it.
  package mutating func answered(at now: Double) {
    lastProof = now
    (listing, generating) = (nil, nil)
  }

  /// The server listed its models. `remaining`: per model in memory the seconds until it leaves.
  package mutating func listed(wanted: String, names: [String], remaining: [String: Double]) {
    loaded = Set(remaining.keys)
    if let longest = remaining.values.max(), longest > 0 { keepAlive = max(keepAlive, longest) }
    let isThere = names.contains(wanted) || names.contains(wanted + ":latest")
    listing = isThere ? nil : "the server no longer has \(wanted)"
  }

  package mutating func isSilent(_ reason: String) {
    loaded = []
    listing = "the server does not answer: \(reason)"
  }

  /// A generation that was asked for failed. Late is not never: a busy server answers when it has done what came before.
  package mutating func failed(_ reason: String, isLate: Bool) {
    if !isLate { generating = "it does not generate: \(reason)" }
  }

  package mutating func next(model: String, at now: Double) -> Question {
    let isDue = now - lastProof >= Self.silence && now - lastGeneration >= 2 * keepAlive
    guard isDue, loaded.contains(model) else { return .presence }
    lastGeneration = now
    return .generation(model: model)
  }
}
