extension Completions {
  /// For zsh 5. Works both as a file in `fpath` and sourced after `compinit`.
  var zsh: String {
    """
    #compdef \(program.name)
    # zsh completion for \(program.name). Load it with: source <(\(program.name) completions zsh)
    _\(program.name)() {
      local place= skip= word index
      for ((index = 2; index < CURRENT; index++)); do
        word=${words[index]}
        if [[ -n $skip ]]; then skip=; continue; fi
        case $word in \(spellingsWithValue.joined(separator: "|"))) skip=1; continue ;; esac
        case "$place:$word" in
    \(steps.map { "      (\($0.from):\($0.word)) place=\($0.to) ;;" }.joined(separator: "\n"))
        esac
      done
      case $place in
    \(places.map { zshPlace($0.key, $0.verb) }.joined(separator: "\n"))
      esac
    }
    if [[ ${funcstack[1]} == _\(program.name) ]]; then _\(program.name) "$@"; else compdef _\(program.name) \(program.name); fi

    """
  }

  private func zshPlace(_ key: String, _ verb: Verb?) -> String {
    let verbs = subverbs(at: verb)
    var specifications = options(at: verb).flatMap(zshOption)
    if !verbs.isEmpty {
      let list = verbs.map { "\($0.name)\\:\(zshWord($0.summary))" }
      specifications.append("'*:verb:((\(list.joined(separator: " "))))'")
    }
    if verbs.isEmpty {
      // The verb itself is among the words, so all words share one specification.
      let choices = (verb?.arguments ?? []).flatMap(\.value.choices)
      specifications.append("'*:word:\(choices.isEmpty ? " " : "(\(choices.joined(separator: " ")))")'")
    }
    return "    ('\(key)') _arguments -S \\\n        " + specifications.joined(separator: " \\\n        ") + " ;;"
  }

  private func zshOption(_ option: Option) -> [String] {
    let value = option.isFlag ? "" : ":\(option.placeholder):\(zshValue(option.value))"
    let summary = "[\(zshEscaped(option.summary, inside: "[]"))]"
    return [option.spelling + (option.isFlag ? "" : "=")].map { "'*\($0)\(summary)\(value)'" }
      + (option.short.map { ["'*-\($0)\(option.isFlag ? "" : "+")\(summary)\(value)'"] } ?? [])
  }

  private func zshValue(_ value: ValueKind) -> String {
    switch value {
    case .file: "_files"
    case .directory: "_directories"
    case .oneOf(let choices): "(\(choices.joined(separator: " ")))"
    case .text, .integer: " "
    }
  }

  /// For a specification in single quotes: a quote ends and reopens them, a colon and some others need a backslash.
  private func zshEscaped(_ text: String, inside special: String) -> String {
    text.map { $0 == "'" ? "'\\''" : $0 == ":" || $0 == "\\" || special.contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  /// One word of a list that zsh evaluates a second time.
  private func zshWord(_ text: String) -> String {
    text.map { $0.isLetter || $0.isNumber ? String($0) : $0 == "'" ? "\\'\\''" : "\\\($0)" }.joined()
  }
}
