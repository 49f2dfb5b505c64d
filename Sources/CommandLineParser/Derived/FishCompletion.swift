extension Completions {
  /// For fish 3 and later.
  var fish: String {
    """
    # fish completion for \(program.name). Load it with: \(program.name) completions fish | source
    function __\(program.name)_place
      set -l place
      set -l skip
      for word in (commandline -opc)[2..-1]
        if test -n "$skip"
          set skip
          continue
        end
        if contains -- $word \(spellingsWithValue.joined(separator: " "))
          set skip 1
          continue
        end
        switch "$place:$word"
    \(steps.map { "      case '\($0.from):\($0.word)'\n        set place \($0.to)" }.joined(separator: "\n"))
        end
      end
      test "$place" = "$argv[1]"
    end
    complete -c \(program.name) -f
    \(places.map { fishLines(at: $0.key, $0.verb) }.joined(separator: "\n"))

    """
  }

  private func fishLines(at key: String, _ verb: Verb?) -> String {
    let start = "complete -c \(program.name) -n \"__\(program.name)_place '\(key)'\""
    let verbs = subverbs(at: verb).map { "\(start) -a \($0.name) -d \(fishQuoted($0.summary))" }
    let words = (verb?.arguments ?? []).filter { !$0.value.choices.isEmpty }.map {
      "\(start) -a '\($0.value.choices.joined(separator: " "))'"
    }
    let options = options(at: verb).map { option in
      let short = option.short.map { " -s \($0)" } ?? ""
      return "\(start) -l \(option.name)\(short)\(fishValue(option)) -d \(fishQuoted(option.summary))"
    }
    return (verbs + words + options).joined(separator: "\n")
  }

  private func fishValue(_ option: Option) -> String {
    if option.isFlag { return "" }
    return switch option.value {
    case .file: " -r -F"
    case .directory: " -x -a '(__fish_complete_directories)'"
    case .oneOf(let choices): " -x -a '\(choices.joined(separator: " "))'"
    case .text, .integer: " -x"
    }
  }

  private func fishQuoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "'"
  }
}
