/// The whole command line: verbs and the options that may stand anywhere.
package struct Program: Sendable, Hashable {
  package struct ExitStatus: Sendable, Hashable {
    package var code: Int32
    package var meaning: String

    package init(_ code: Int32, _ meaning: String) {
      self.code = code
      self.meaning = meaning
    }
  }

  package var name: String
  package var summary: String
  package var discussion: String
  package var options: [Option]
  package var verbs: [Verb]
  package var exitStatuses: [ExitStatus]

  package init(
    _ name: String, _ summary: String, discussion: String = "", options: [Option] = [], verbs: [Verb],
    exitStatuses: [ExitStatus] = []
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.options = options
    self.verbs = verbs
    self.exitStatuses = exitStatuses
  }

  /// The verb that `path` leads to, such as `["user", "add"]`. Nil: there is none; or `path` is empty.
  package func verb(at path: [String]) -> Verb? {
    var found: Verb?
    for name in path {
      guard let next = (found?.verbs ?? verbs).first(where: { $0.name == name }) else { return nil }
      found = next
    }
    return found
  }

  /// Every noun and verb with its path, in order, nouns before their verbs.
  package var allVerbs: [(path: [String], verb: Verb)] {
    verbs.flatMap { verb in [([verb.name], verb)] + verb.verbs.map { ([verb.name, $0.name], $0) } }
  }

  /// Options that stand at this verb: its own, then the program's, then `--help`.
  func options(of verb: Verb?) -> [Option] { (verb?.options ?? []) + options + [.help] }
}
