/// What was asked for: a verb with its options and arguments, each checked against its declaration.
package struct Invocation: Sendable, Hashable {
  /// Names of the noun and the verb, such as `["user", "add"]`.
  package var path: [String]
  var options: [String: [String]] = [:]
  var arguments: [String: String] = [:]
  var several: [String] = []

  /// Whether the option was given.
  package func has(_ option: Option) -> Bool { options[option.name] != nil }
  /// The value of an option; nil when it was not given.
  package func text(_ option: Option) -> String? { options[option.name]?.last }
  /// All values of an option that may be repeated, in order.
  package func texts(_ option: Option) -> [String] { options[option.name] ?? [] }
  /// The value of an `.integer` option.
  package func integer(_ option: Option) -> Int? { text(option).flatMap { Int($0) } }
  /// The value of an argument; nil when it was left out.
  package func text(_ argument: Argument) -> String? { arguments[argument.name] }
  /// The words of the argument of which there may be several.
  package func texts(_ argument: Argument) -> [String] { argument.presence == .several ? several : [] }
}

package enum Request: Sendable, Hashable {
  case run(Invocation)
  /// Help for the program (an empty path), a noun or a verb.
  case help(path: [String])
}

/// The words that were typed mean nothing. Exit code 2.
package struct WrongUsage: Error, Sendable, Hashable {
  /// What is wrong, with the nearest right word where there is one.
  package var message: String
  /// Of the verb whose help tells more.
  package var path: [String]

  package init(_ message: String, path: [String] = []) {
    self.message = message
    self.path = path
  }

  /// Two lines: what is wrong, and what to type to learn more.
  package func text(_ program: Program) -> String {
    let command = ([program.name] + path).joined(separator: " ")
    return "\(program.name): \(message)\nSee: \(command) --help\n"
  }
}
