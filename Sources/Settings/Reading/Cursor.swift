/// One value of the file, where it stands, and how to complain about it.
struct Cursor {
  var node: YAMLNode
  /// Such as `gateway.limits.head`.
  var path: String
  var line: Int
  let reader: SettingsReader

  func problem(_ message: String) { reader.add(message, at: path, line: line) }

  func complain(_ complaint: Complaint) {
    var message = complaint.message
    if complaint.showsWritten, case .scalar(let written, _) = node.value { message += ", not \"\(written.shown)\"" }
    if !complaint.hint.isEmpty { message += "; \(complaint.hint)" }
    problem(message)
  }

  /// `should be EXPECTATION, not "what is written"`: the text as written, so that no value of the environment is shown.
  func mismatch(_ expectation: String) {
    switch node.value {
    case .scalar where node.isNull: problem("should be \(expectation); nothing is written")
    case .scalar(let text, _): problem("should be \(expectation), not \"\(text.shown)\"")
    case .sequence: problem("should be \(expectation), not a list")
    case .mapping: problem("should be \(expectation), not keys and values")
    case .refused: break
    }
  }

  /// The text of a scalar with its variables filled in; nil after a problem, told as one that `expectation` mends.
  func text(_ expectation: String) -> String? {
    guard case .scalar(let written, _) = node.value, !node.isNull else {
      mismatch(expectation)
      return nil
    }
    do throws(Complaint) {
      let text = try interpolated(written, reader.environment)
      if !text.utf8.contains(0) { return text }
      problem("has a NUL character: remove it")
    } catch {
      complain(error)
    }
    return nil
  }

  /// Whether it is the word `keyword`; YAML's `false` and `no` are `off`, its `true` and `yes` are `on`.
  func isWord(_ keyword: String) -> Bool {
    guard case .scalar(let written, _) = node.value, let text = try? interpolated(written, reader.environment) else {
      return false
    }
    return switchWord(text) == keyword
  }
}

/// `on` and `off` for every word that YAML 1.1 has for them, anything else as it is.
func switchWord(_ text: String) -> String {
  switch text.lowercased() {
  case "on", "true", "yes": "on"
  case "off", "false", "no": "off"
  default: text
  }
}
