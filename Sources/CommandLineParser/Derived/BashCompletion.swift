extension Completions {
  /// For bash 4.4 and later.
  var bash: String {
    """
    # bash completion for \(program.name). Load it with: source <(\(program.name) completions bash)
    _\(program.name)() {
      local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} place= skip= index word kind= words=
      COMPREPLY=()
      for ((index = 1; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        [[ $word == = ]] && continue
        if [[ -n $skip ]]; then skip=; continue; fi
        case $word in \(spellingsWithValue.joined(separator: "|"))) skip=1; continue ;; esac
        case "$place:$word" in
    \(steps.map { "      \($0.from):\($0.word)) place=\($0.to) ;;" }.joined(separator: "\n"))
        esac
      done
      # bash splits --option=value at the equals sign.
      if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi
      case "$place:$previous" in
    \(bashValues)
      esac
      if [[ -z $kind ]]; then
        case $place in
    \(places.map { "      '\($0.key)') words='\(bashWords(at: $0.verb))' ;;" }.joined(separator: "\n"))
        esac
      fi
      case $kind in
        files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
        directories) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
      esac
    }
    complete -F _\(program.name) \(program.name)

    """
  }

  private var bashValues: String {
    places.flatMap { place in
      options(at: place.verb).filter { !$0.isFlag }.map { option in
        let patterns = ([option.spelling] + (option.short.map { ["-\($0)"] } ?? [])).map { "\(place.key):\($0)" }
        return "    \(patterns.joined(separator: "|"))) \(bashAction(option.value)) ;;"
      }
    }.joined(separator: "\n")
  }

  private func bashAction(_ value: ValueKind) -> String {
    switch value {
    case .file: "kind=files"
    case .directory: "kind=directories"
    case .oneOf(let choices): "kind=words words='\(choices.joined(separator: " "))'"
    case .text, .integer: "kind=words"
    }
  }

  private func bashWords(at verb: Verb?) -> String {
    let words = subverbs(at: verb).map(\.name) + (verb?.arguments.flatMap(\.value.choices) ?? [])
    return (words + options(at: verb).map(\.spelling)).joined(separator: " ")
  }
}
