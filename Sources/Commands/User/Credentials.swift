/// What names and passwords may be, so that the htpasswd format, Basic Auth (RFC 7617) and bcrypt all read them the same.
enum Credentials {
  /// Nil when the name is right.
  static func problem(withName name: String) -> String? {
    if name.isEmpty || name.utf8.count > 64 { return "a name has 1 to 64 bytes" }
    if name.hasPrefix("#") { return "a name does not begin with #: in the users' file that is a comment" }
    if name.unicodeScalars.contains(where: { $0 == ":" || $0.value <= 0x20 || (0x7F...0x9F).contains($0.value) }) {
      return "a name has no colon, no space and no control characters"
    }
    return nil
  }

  /// Nil when the password is right.
  static func problem(withPassword password: String) -> String? {
    if password.utf8.count < 8 { return "a password has at least 8 bytes; nothing was changed" }
    // bcrypt reads 72 bytes and silently ignores the rest.
    if password.utf8.count > 72 { return "a password has at most 72 bytes; nothing was changed" }
    if password.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) {
      return "a password has no control characters; nothing was changed"
    }
    return nil
  }
}

/// A password that can be read out and typed: 4 groups of 5 letters and digits that cannot be mistaken for each other (99 bits).
enum ReadablePassword {
  private static let alphabet = Array("abcdefghjkmnpqrstuvwxyz23456789")

  static func make(using generator: inout some RandomNumberGenerator) -> String {
    (0..<4).map { _ in
      String((0..<5).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] })
    }.joined(separator: "-")
  }
}
