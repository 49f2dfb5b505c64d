/// The head of a request or a response, read as strictly as RFC 9112 has it.
package struct MessageHead: Sendable {
  package var startLine: String
  package var fields: [(name: String, value: String)]
  /// As it came, empty line included.
  package var bytes: [UInt8]

  package init(parsing bytes: [UInt8]) throws {
    var lines = try Self.lines(of: bytes)
    guard !lines.isEmpty else { throw WireError.malformed("a head without a start line") }
    startLine = lines.removeFirst()
    fields = try lines.map(Self.field)
    self.bytes = bytes
  }

  package func values(_ name: String) -> [String] {
    fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }

  /// The one value; nil when there is none or more than one.
  package subscript(name: String) -> String? {
    let found = values(name)
    return found.count == 1 ? found[0] : nil
  }

  private static func lines(of bytes: [UInt8]) throws -> [String] {
    let text = latin1(bytes)
    var lines = [String]()
    for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
      guard let last = line.last else { continue }
      let content = String(line.dropLast())
      guard last == "\r", !content.unicodeScalars.contains("\r") else { throw WireError.malformed("a bare CR or LF: \(text)") }
      if !content.isEmpty { lines.append(content) }
    }
    return lines
  }

  static func field(_ line: String) throws -> (name: String, value: String) {
    guard let colon = line.unicodeScalars.firstIndex(of: ":") else {
      throw WireError.malformed("a field without a colon: \(line)")
    }
    let name = String(line[..<colon])
    guard !name.isEmpty, name.unicodeScalars.allSatisfy(isToken) else { throw WireError.malformed("a field name: \(line)") }
    let value = line.unicodeScalars[line.unicodeScalars.index(after: colon)...]
    guard value.allSatisfy({ $0 == "\t" || ($0.value >= 0x20 && $0.value != 0x7F) }) else {
      throw WireError.malformed("a control byte in a field: \(line)")
    }
    return (name, trimmed(value))
  }

  private static func isToken(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9": true
    default: "!#$%&'*+-.^_`|~".unicodeScalars.contains(scalar)
    }
  }

  private static func trimmed(_ value: Substring.UnicodeScalarView) -> String {
    var value = value
    while let first = value.first, first == " " || first == "\t" { value.removeFirst() }
    while let last = value.last, last == " " || last == "\t" { value.removeLast() }
    return String(value)
  }
}

/// How the end of a body is known (RFC 9112, 6.3).
package enum BodyFraming: Sendable, Equatable {
  case none
  case length(Int)
  case chunked
  case untilEnd
}

extension MessageHead {
  /// Nil where neither field says anything.
  func statedFraming() throws -> BodyFraming? {
    let lengths = values("Content-Length")
    let codings = values("Transfer-Encoding")
    guard lengths.isEmpty || codings.isEmpty else { throw WireError.malformed("Content-Length with Transfer-Encoding") }
    if !codings.isEmpty {
      guard codings.map({ $0.lowercased() }) == ["chunked"] else { throw WireError.malformed("Transfer-Encoding \(codings)") }
      return .chunked
    }
    guard !lengths.isEmpty else { return nil }
    guard lengths.count == 1, lengths[0].utf8.allSatisfy({ (48...57).contains($0) }), let length = Int(lengths[0]) else {
      throw WireError.malformed("Content-Length \(lengths)")
    }
    return .length(length)
  }
}
