/// What a shell offers when a person presses the tabulator, made from the declaration.
package struct Completions {
  package enum Shell: String, CaseIterable, Sendable { case bash, zsh, fish }

  package var program: Program

  package init(_ program: Program) { self.program = program }

  package func script(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    case .fish: fish
    }
  }

  /// Every place where a word may be typed: the program, each noun, each verb. `key` is `""`, `user`, `user/add`.
  var places: [(key: String, verb: Verb?)] {
    [("", nil)] + program.allVerbs.map { ($0.path.joined(separator: "/"), $0.verb) }
  }

  func options(at verb: Verb?) -> [Option] { program.options(of: verb) }

  func subverbs(at verb: Verb?) -> [Verb] { verb?.verbs ?? (verb == nil ? program.verbs : []) }

  /// `place:word` for each verb, with the place that it leads to.
  var steps: [(from: String, word: String, to: String)] {
    program.allVerbs.map { entry in
      (entry.path.dropLast().joined(separator: "/"), entry.path.last ?? "", entry.path.joined(separator: "/"))
    }
  }

  /// The spellings of all options that take a value, whichever verb they belong to.
  var spellingsWithValue: [String] {
    let options = program.options + program.allVerbs.flatMap(\.verb.options)
    let spellings = options.filter { !$0.isFlag }.flatMap { [$0.spelling] + ($0.short.map { ["-\($0)"] } ?? []) }
    return spellings.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
