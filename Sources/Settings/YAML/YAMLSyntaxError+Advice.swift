extension YAMLSyntaxError {
  /// libyaml 0.2.5's words, and what a writer of settings can do about them.
  private static let advices: [(problem: String, advice: String)] = [
    (
      "mapping values are not allowed in this context",
      "has a \": \" where no key can be: check the indentation and the line above, or put the value in quotes"
    ),
    ("did not find expected key", "is not a key: check the indentation and the quotes"),
    ("could not find expected ':'", "is a key without a \": \" and a value"),
    ("block sequence entries are not allowed in this context", "has a \"- \" where no list can be: put it on a line of its own"),
    ("did not find expected '-' indicator", "is not an item of the list: check the indentation"),
    ("did not find expected ',' or ']'", "is in a list [ ] that lacks a comma or its ]"),
    ("did not find expected ',' or '}'", "is in a mapping { } that lacks a comma or its }"),
    ("did not find expected node content", "should be a value"),
    ("found unexpected end of stream", "has a quote that is not closed"),
    ("found unexpected document indicator", "has a quote that is not closed"),
    ("found unknown escape character", "has a \\ in double quotes that means nothing: double it, or use single quotes"),
    ("found invalid Unicode character escape code", "has a \\ in double quotes that is no character: use single quotes"),
    ("did not find expected hexdecimal number", "has a \\x or \\u in double quotes without its digits: use single quotes"),
    ("did not find expected <document start>", "is not part of the settings above it: check the indentation"),
    ("control characters are not allowed", "has a control character: remove it"),
    ("found a tab character that violates indentation", "is indented by a tab: use spaces"),
    ("found a tab character where an indentation space is expected", "is indented by a tab: use spaces"),
    ("found undefined tag handle", "begins with a ! that names no type: put the value in quotes"),
    ("too many values", "has more than \(YAMLLimits.nodes) values: that is no settings file"),
    ("too deep", "is nested deeper than \(YAMLLimits.depth) levels: that is no settings file"),
  ]

  func advice(_ bytes: [UInt8]) -> YAMLProblem {
    guard problem != "found character that cannot start any token" else {
      return YAMLProblem(line: line, message: startAdvice(bytes))
    }
    let advice = Self.advices.first { $0.problem == problem }?.advice ?? "is not YAML: \(problem)"
    let isOpen = advice.contains(" that lacks ")
    if isOpen, hasVariable(bytes) {
      return YAMLProblem(line: line, message: "has a ${ inside [ ] or { }: put the value in quotes")
    }
    guard let beginning, beginning != line else { return YAMLProblem(line: line, message: advice) }
    if Self.toldAtBeginning.contains(problem) { return YAMLProblem(line: beginning, message: advice) }
    return YAMLProblem(line: line, message: advice + (isOpen ? "; it begins in line \(beginning)" : ""))
  }

  /// A brace ends a plain value inside brackets, so `{ at: ${PLACE} }` is no YAML.
  private func hasVariable(_ bytes: [UInt8]) -> Bool {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    return lines.indices.contains(line - 1) && String(decoding: lines[line - 1], as: UTF8.self).contains(": ${")
  }

  /// Where libyaml notices these, the file may be at its end.
  private static let toldAtBeginning: Set = [
    "found unexpected end of stream", "found unexpected document indicator", "could not find expected ':'",
  ]

  private func startAdvice(_ bytes: [UInt8]) -> String {
    // The offset counts characters, not bytes; a wrong guess only costs the exact word.
    let text = String(decoding: bytes, as: UTF8.self).unicodeScalars
    guard let place = text.index(text.startIndex, offsetBy: offset, limitedBy: text.endIndex), place < text.endIndex else {
      return "is not YAML: \(problem)"
    }
    if text[place] == "\t" { return "is indented by a tab: use spaces" }
    return "begins with \(text[place]): put the value in quotes"
  }
}
