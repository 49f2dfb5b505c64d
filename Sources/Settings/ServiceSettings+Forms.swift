// How the values of a service are written.

extension Form where Value == ServiceSettings.Place {
  /// `/path/`, or a host name.
  static var place: Form {
    .scalar("a path such as /notes/ or a host name such as notes.localhost") { text throws(Complaint) in
      guard text.hasPrefix("/") else { return Settings.hostName(text).map { .host($0) } }
      if !text.hasSuffix("/") { throw .should("end with a slash") }
      if text == "/leanto/" || text.hasPrefix("/leanto/") {
        throw Complaint("should not be below /leanto/: leanto's own pages are there")
      }
      let segments = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().dropLast()
      guard segments.allSatisfy(isPlainSegment) else {
        throw Complaint("should have only letters, digits and - . _ ~ between its slashes")
      }
      return .path(text)
    }
  }
}

/// Written in one way only, whoever reads it.
private func isPlainSegment(_ segment: Substring) -> Bool {
  let others = "-._~".utf8
  return !segment.isEmpty && segment != "." && segment != ".."
    && segment.utf8.allSatisfy { isLetter($0) || isDigit($0) || others.contains($0) }
}

extension Form where Value == String {
  static func preset(_ presets: KnownPresets) -> Form {
    .scalar("a preset's name") { text throws(Complaint) in
      if presets.classes[text] != nil { return text }
      throw .should("name a preset", hint: suggestion(for: text, among: presets.names))
    }
  }

  static var version: Form {
    .scalar("a version such as 2.41.3") { text throws(Complaint) in
      if text == "latest" { throw Complaint("should name a version, such as 2.41.3: latest is another one every day") }
      let others = "-._+".utf8
      return !text.isEmpty && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || others.contains($0) } ? text : nil
    }
  }

  /// A class's name, or a literal prefix of paths that means the same in every reading.
  static func publicPath(of preset: String?, _ presets: KnownPresets) -> Form {
    .scalar(preset == nil ? "a path that starts with /" : "a class of the preset or a path that starts with /") {
      text throws(Complaint) in
      guard text.hasPrefix("/") else { return try publicClass(text, of: preset, presets) }
      for part in ["..", "//", "/./", "%", "?", "#", "\\", ";"] where text.contains(part) {
        throw Complaint("should be a literal path without \(part)")
      }
      guard !text.hasSuffix("/."), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw Complaint("should be a literal path of visible ASCII characters")
      }
      return text
    }
  }

  /// A request's path, with its query.
  static var absolutePath: Form {
    .scalar("a path that starts with /") { text in
      text.hasPrefix("/") && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !text.contains("#") ? text : nil
    }
  }

  static var image: Form {
    .scalar("an image with its version, such as python:3.13-slim") { text throws(Complaint) in
      guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
      let name = text.split(separator: "/").last ?? ""
      guard name.contains(":") || name.contains("@"), !name.hasSuffix(":latest"), !name.hasSuffix(":") else {
        throw Complaint("should name a version, such as python:3.13-slim: latest is another one every day")
      }
      return text
    }
  }

  static var volume: Form {
    .scalar("a volume such as data/worker:/data or data/worker:/data:ro") { text in
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      let isRight = (2...3).contains(parts.count) && !parts[0].isEmpty && parts[1].hasPrefix("/")
      return isRight && (parts.count == 2 || ["ro", "rw"].contains(parts[2])) ? text : nil
    }
  }

  static var dataPath: Form {
    .scalar("a path such as data/worker, without ..") { text in
      let segments = text.split(separator: "/", omittingEmptySubsequences: false)
      return !text.isEmpty && text != "/" && !segments.contains("..") ? text : nil
    }
  }
}

/// Classes belong to presets, so a service without one has none.
private func publicClass(_ text: String, of preset: String?, _ presets: KnownPresets) throws(Complaint) -> String? {
  guard let preset else { return nil }
  // A preset that there is not is told where it stands.
  guard let classes = presets.classes[preset] else { return text }
  if classes.contains(text) { return text }
  throw .should("be a class of \(preset) or a path that starts with /", hint: suggestion(for: text, among: classes))
}

extension Form where Value == [String] {
  /// A program and its arguments; no shell reads it.
  static var command: Form {
    let words = Form.list(.scalar("text") { $0 }, of: "the program and its arguments, such as [python3, worker.py]")
    return Form(expectation: words.expectation) { cursor, expectation in
      guard let command = words.read(cursor, expectation) else { return nil }
      if let program = command.first, !program.isEmpty { return command }
      if !cursor.reader.hasProblem("\(cursor.path)[0]") {
        cursor.problem("should begin with a program, such as [python3, worker.py]")
      }
      return nil
    }
  }
}
