/// `--name`, with or without a value. Declared once: parsing, help, completions and the manual page come from it.
package struct Option: Sendable, Hashable {
  /// Without the two hyphens.
  package var name: String
  package var short: Character?
  package var value: ValueKind
  /// How help names the value, such as `DIR`; empty for a flag.
  package var placeholder: String
  package var repeats: Bool
  package var summary: String

  /// An option with a value.
  package init(
    _ name: String, short: Character? = nil, _ value: ValueKind, _ placeholder: String, repeats: Bool = false, _ summary: String
  ) {
    self.name = name
    self.short = short
    self.value = value
    self.placeholder = placeholder
    self.repeats = repeats
    self.summary = summary
  }

  /// An option that is there or not.
  package static func flag(_ name: String, short: Character? = nil, _ summary: String) -> Option {
    var option = Option(name, short: short, .text, "", summary)
    option.placeholder = ""
    return option
  }

  package var isFlag: Bool { placeholder.isEmpty }
  /// `--name`.
  package var spelling: String { "--" + name }

  static let help = Option.flag("help", short: "h", "Show this help")
}

/// A word after the verb.
package struct Argument: Sendable, Hashable {
  package enum Presence: Sendable, Hashable {
    case required, optional
    /// One or more, to the end: only the last argument may be.
    case several
  }

  /// How help names it, such as `NAME`.
  package var name: String
  package var presence: Presence
  package var value: ValueKind
  package var summary: String

  package init(_ name: String, _ summary: String, _ presence: Presence = .required, value: ValueKind = .text) {
    self.name = name
    self.presence = presence
    self.value = value
    self.summary = summary
  }

  var usage: String {
    switch presence {
    case .required: name
    case .optional: "[\(name)]"
    case .several: "\(name)..."
    }
  }
}
