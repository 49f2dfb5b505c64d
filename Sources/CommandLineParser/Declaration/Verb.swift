/// What the program can be told to do (`check`), or a noun that has verbs of its own (`user`).
package struct Verb: Sendable, Hashable {
  package var name: String
  /// One line, a sentence without its full stop.
  package var summary: String
  /// Paragraphs for the verb's own help, separated by empty lines.
  package var discussion: String
  /// The heading that it stands under in the program's help.
  package var section: String
  package var arguments: [Argument]
  package var options: [Option]
  /// Whole lines to copy, each with what it does.
  package var examples: [Example]
  package var verbs: [Verb]

  package struct Example: Sendable, Hashable {
    package var line: String
    package var meaning: String

    package init(_ line: String, _ meaning: String) {
      self.line = line
      self.meaning = meaning
    }
  }

  package init(
    _ name: String, _ summary: String, section: String = "", discussion: String = "", arguments: [Argument] = [],
    options: [Option] = [], examples: [Example] = [], verbs: [Verb] = []
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.section = section
    self.arguments = arguments
    self.options = options
    self.examples = examples
    self.verbs = verbs
  }

  package var isNoun: Bool { !verbs.isEmpty }
}
