/// A value that cannot be taken, with what it should be. It must not hold the value, which may come from the environment.
struct Complaint: Error {
  var message: String
  /// Whether the value is shown after the message, as it is written in the file.
  var showsWritten = false
  var hint = ""

  init(_ message: String) { self.message = message }

  /// `should EXPECTATION, not "what is written"; HINT`.
  static func should(_ expectation: String, hint: String = "") -> Complaint {
    var complaint = Complaint("should \(expectation)")
    complaint.showsWritten = true
    complaint.hint = hint
    return complaint
  }
}

/// `text` with each `${NAME}` filled from `environment` and each `$$` made one `$`. What a variable holds is not read again.
func interpolated(_ text: String, _ environment: [String: String]) throws(Complaint) -> String {
  guard text.contains("$") else { return text }
  var result = ""
  var rest = text[...]
  while let dollar = rest.firstIndex(of: "$") {
    result += rest[..<dollar]
    rest = rest[rest.index(after: dollar)...]
    switch rest.first {
    case "$":
      result += "$"
      rest = rest.dropFirst()
    case "{":
      result += try variable(&rest, environment)
      // A file of one mebibyte could name a long variable many thousand times.
      if result.utf8.count > YAMLLimits.bytes { throw Complaint("is longer than 1MiB with its variables filled in") }
    default: result += "$"
    }
  }
  return result + rest
}

private func variable(_ rest: inout Substring, _ environment: [String: String]) throws(Complaint) -> String {
  guard let end = rest.firstIndex(of: "}") else { throw Complaint("has a ${ without its }; a literal dollar is written $$") }
  let name = String(rest.dropFirst()[..<end])
  guard isVariableName(name) else { throw Complaint("should have a variable's name in ${\(name.shown)}, such as ${HOME}") }
  guard let value = environment[name] else {
    throw Complaint("needs the environment variable \(name), which is not set")
  }
  rest = rest[rest.index(after: end)...]
  return value
}

func isVariableName(_ name: String) -> Bool {
  guard let first = name.utf8.first, !isDigit(first) else { return false }
  return name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
}

func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
