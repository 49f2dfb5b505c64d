/// What names and passwords may be.
package enum UserRules {
  package static let longestName = 64
  package static let shortestPassword = 8
  /// bcrypt reads no further.
  package static let longestPassword = 72
  static let largestFile = 1 << 20

  /// Throws when `name` cannot stand in an htpasswd file or in a Basic header as it is.
  package static func check(name: String) throws(UserProblem) {
    let bytes = Array(name.utf8)
    guard (1...longestName).contains(bytes.count) else { throw .nameLength(bytes.count) }
    guard isName(bytes) else { throw .nameCharacter }
  }

  package static func check(password: SecretBytes) throws(UserProblem) {
    guard password.count >= shortestPassword else { throw .passwordTooShort }
    guard password.count <= longestPassword else { throw .passwordTooLong(password.count) }
    var bytes = (0..<password.count).map(password.byte)
    var span = bytes.mutableSpan
    defer { Sodium.wipe(&span) }
    guard span.span.isTextWithoutControls else { throw .passwordCharacter }
  }

  static func isName(_ bytes: [UInt8]) -> Bool {
    guard (1...longestName).contains(bytes.count), bytes[0] != UInt8(ascii: "#") else { return false }
    guard bytes[0] != UInt8(ascii: " "), bytes[bytes.count - 1] != UInt8(ascii: " ") else { return false }
    return !bytes.contains(UInt8(ascii: ":")) && bytes.span.isTextWithoutControls
  }
}

extension Span where Element == UInt8 {
  fileprivate var isTextWithoutControls: Bool {
    for index in indices where self[index] < 0x20 || self[index] == 0x7F { return false }
    return (try? UTF8Span(validating: self)) != nil
  }
}
