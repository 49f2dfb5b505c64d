/// Help for the program, a noun or a verb: 80 columns, made from the declaration.
package struct HelpText {
  package var program: Program

  package init(_ program: Program) { self.program = program }

  /// Nil when `path` leads nowhere.
  package func text(for path: [String]) -> String? {
    if path.isEmpty { return ofProgram }
    return program.verb(at: path).map { $0.isNoun ? ofNoun($0, path) : ofVerb($0, path) }
  }

  private var ofProgram: String {
    var parts = ["\(program.name): \(program.summary)\n", usage("VERB [OPTION]... [WORD]...")]
    for section in sections {
      let verbs = program.verbs.filter { $0.section == section }
      parts.append("\(section)\n" + Paragraphs.definitions(verbs.map { ($0.name, $0.summary) }))
    }
    parts.append("Options, anywhere on the line\n" + definitions(of: program.options + [.help]))
    if !program.exitStatuses.isEmpty {
      parts.append("Exit codes\n" + Paragraphs.definitions(program.exitStatuses.map { ("\($0.code)", $0.meaning) }))
    }
    if !program.discussion.isEmpty { parts.append(Paragraphs.fill(program.discussion)) }
    return parts.joined(separator: "\n")
  }

  private var sections: [String] {
    program.verbs.map(\.section).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private func ofNoun(_ noun: Verb, _ path: [String]) -> String {
    let verbs = noun.verbs.map { (([$0.name] + $0.arguments.map(\.usage)).joined(separator: " "), $0.summary) }
    return
      ([noun.summary + "\n", usage(path.joined(separator: " ") + " VERB [OPTION]...")] + discussion(of: noun)
      + ["Verbs\n" + Paragraphs.definitions(verbs), "Options\n" + definitions(of: program.options(of: noun))])
      .joined(separator: "\n")
  }

  private func ofVerb(_ verb: Verb, _ path: [String]) -> String {
    let words = path + ["[OPTION]..."] + verb.arguments.map(\.usage)
    var parts = [verb.summary + "\n", usage(words.joined(separator: " "))] + discussion(of: verb)
    if !verb.arguments.isEmpty {
      parts.append("Words\n" + Paragraphs.definitions(verb.arguments.map { ($0.name, $0.summary) }))
    }
    parts.append("Options\n" + definitions(of: program.options(of: verb)))
    if !verb.examples.isEmpty {
      parts.append("Examples\n" + verb.examples.map { "  \($0.line)\n      \($0.meaning)\n" }.joined())
    }
    return parts.joined(separator: "\n")
  }

  private func usage(_ words: String) -> String { "Usage: \(program.name) \(words)\n" }

  private func discussion(of verb: Verb) -> [String] {
    verb.discussion.isEmpty ? [] : [Paragraphs.fill(verb.discussion)]
  }

  private func definitions(of options: [Option]) -> String {
    Paragraphs.definitions(options.map { ($0.label, $0.summary + $0.choicesText) })
  }
}

extension Option {
  /// `-n, --lines N`.
  fileprivate var label: String {
    (short.map { "-\($0), " } ?? "") + spelling + (isFlag ? "" : " " + placeholder)
  }

  fileprivate var choicesText: String {
    (value.choices.isEmpty ? "" : ": " + value.choices.joined(separator: ", ")) + (repeats ? " (may be repeated)" : "")
  }
}
