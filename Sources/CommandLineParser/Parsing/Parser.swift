/// Words to a request. Pure: it reads nothing and prints nothing.
///
/// Understood: `--option VALUE`, `--option=VALUE`, `-o VALUE`, `-oVALUE`, `-ab` for two flags, `--` before words that begin with a
/// hyphen, options before or after the words, `--help` and `-h` anywhere, `help VERB`.
package struct Parser {
  private let program: Program
  private var rest: ArraySlice<String>
  private var verb: Verb?
  private var invocation = Invocation(path: [])
  private var words: [String] = []
  private var takesWordsOnly = false
  private var wantsHelp = false

  private init(_ program: Program, _ arguments: [String]) {
    self.program = program
    rest = arguments[...]
  }

  /// `arguments` without the program's own name.
  package static func parse(_ arguments: [String], for program: Program) throws(WrongUsage) -> Request {
    var parser = Parser(program, arguments)
    return try parser.run()
  }

  private mutating func run() throws(WrongUsage) -> Request {
    if rest.isEmpty { return .help(path: []) }
    while let word = rest.popFirst(), !wantsHelp { try take(word) }
    if wantsHelp { return .help(path: invocation.path) }
    try finish()
    return .run(invocation)
  }

  private mutating func take(_ word: String) throws(WrongUsage) {
    if takesWordsOnly || word == "-" || !word.hasPrefix("-") {
      try takeWord(word)
    } else if word == "--" {
      takesWordsOnly = true
    } else if word.hasPrefix("--") {
      try takeLong(word.dropFirst(2))
    } else {
      try takeShort(word.dropFirst())
    }
  }

  private func wrong(_ message: String) -> WrongUsage { WrongUsage(message, path: invocation.path) }
}

// MARK: Words

extension Parser {
  private mutating func takeWord(_ word: String) throws(WrongUsage) {
    let known = verb?.verbs ?? program.verbs
    guard verb == nil || verb?.isNoun == true else {
      words.append(word)
      return
    }
    if verb == nil, word == "help" { return try takeHelp() }
    guard let next = known.first(where: { $0.name == word }) else {
      let hint = Nearest.hint(for: word, in: known.map(\.name))
      throw wrong("\(invocation.path.last.map { "\($0) has" } ?? "there is") no verb \(quoted(word))\(hint)")
    }
    verb = next
    invocation.path.append(word)
  }

  /// `help user add` is `user add --help`.
  private mutating func takeHelp() throws(WrongUsage) {
    while let word = rest.popFirst() {
      if !word.hasPrefix("-") { try takeWord(word) }
    }
    wantsHelp = true
  }

  private mutating func finish() throws(WrongUsage) {
    guard let verb else { throw wrong("a verb is missing") }
    if verb.isNoun {
      throw wrong("\(verb.name) needs a verb: \(verb.verbs.map(\.name).joined(separator: ", "))")
    }
    for (index, argument) in verb.arguments.enumerated() {
      try give(index < words.count ? words[index] : nil, to: argument)
    }
    if let last = verb.arguments.last, last.presence == .several {
      invocation.several = Array(words.dropFirst(verb.arguments.count - 1))
    } else if words.count > verb.arguments.count {
      let extra = quoted(words[verb.arguments.count])
      let command = invocation.path.joined(separator: " ")
      throw wrong(verb.arguments.isEmpty ? "\(command) takes no word, but got \(extra)" : "\(extra) is one word too many")
    }
  }

  private mutating func give(_ word: String?, to argument: Argument) throws(WrongUsage) {
    guard let word else {
      guard argument.presence == .optional else {
        throw wrong("\(invocation.path.joined(separator: " ")) needs \(argument.name)")
      }
      return
    }
    if let expected = argument.value.problem(with: word) {
      throw wrong("\(argument.name) is \(quoted(word)) but should be \(expected)")
    }
    invocation.arguments[argument.name] = word
  }
}

// MARK: Options

extension Parser {
  private mutating func takeLong(_ text: Substring) throws(WrongUsage) {
    let equals = text.firstIndex(of: "=")
    let name = text[..<(equals ?? text.endIndex)]
    let options = program.options(of: verb)
    guard let option = options.first(where: { $0.name == name }) else {
      throw wrong(
        "unknown option \(quoted("--" + name))\(Nearest.hint(for: String(name), in: options.map(\.name), prefix: "--"))")
    }
    try record(option, as: option.spelling, attached: equals.map { String(text[text.index(after: $0)...]) })
  }

  private mutating func takeShort(_ letters: Substring) throws(WrongUsage) {
    var letters = letters
    while let letter = letters.popFirst() {
      guard let option = program.options(of: verb).first(where: { $0.short == letter }) else {
        throw wrong("unknown option \(quoted("-\(letter)"))")
      }
      if option.isFlag {
        try record(option, as: "-\(letter)", attached: nil)
      } else {
        return try record(option, as: "-\(letter)", attached: letters.isEmpty ? nil : String(letters))
      }
    }
  }

  private mutating func record(_ option: Option, as spelling: String, attached: String?) throws(WrongUsage) {
    if option == .help {
      wantsHelp = true
      return
    }
    if option.isFlag, attached != nil { throw wrong("\(spelling) takes no value") }
    if !option.isFlag, !option.repeats, invocation.has(option) { throw wrong("\(spelling) is given twice") }
    let value = option.isFlag ? "" : try self.value(of: option, spelling, attached)
    invocation.options[option.name, default: []].append(value)
  }

  private mutating func value(of option: Option, _ spelling: String, _ attached: String?) throws(WrongUsage) -> String {
    // A hyphen where a value should be is far more often a forgotten value than a value.
    guard let value = attached ?? (rest.first.map { $0.hasPrefix("-") && $0 != "-" } == false ? rest.popFirst() : nil) else {
      throw wrong("\(spelling) needs a value: \(spelling) \(option.placeholder)")
    }
    if let expected = option.value.problem(with: value) {
      throw wrong("\(spelling) is \(quoted(value)) but should be \(expected)")
    }
    return value
  }
}

/// For messages: in quotes, with controls made visible, at most 60 characters.
private func quoted(_ text: some StringProtocol) -> String {
  let visible = text.unicodeScalars.prefix(60).map { $0.properties.generalCategory == .control ? "?" : String($0) }
  return "\"\(visible.joined())\(text.unicodeScalars.count > 60 ? "..." : "")\""
}
