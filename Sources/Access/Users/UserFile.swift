/// The people who may enter: a file in htpasswd format, `name:hash` a line. Comments, blank lines and lines that cannot be used are
/// kept as they are, so that other tools may write the file too.
package struct UserFile: Sendable, Equatable {
  struct User: Sendable, Equatable {
    var name: [UInt8]
    var hash: BcryptHash
  }

  private struct Line: Sendable, Equatable {
    /// Without the line's end.
    var bytes: [UInt8]
    /// Nil: a comment, a blank line, or something without a colon.
    var name: [UInt8]?
    var user: User?
  }

  private var lines: [Line] = []
  /// What keeps a line from counting, and weak hashes; in the order of the lines.
  package private(set) var problems: [UserFileProblem] = []

  package init() {}

  package init(_ bytes: [UInt8]) {
    var rest = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    if rest.last == [] { rest.removeLast() }
    var names: Set<[UInt8]> = []
    for (index, bytes) in rest.enumerated() {
      var line = UserLine(bytes)
      if let name = line.name, !names.insert(name).inserted { line.refuse("an earlier line has the same name; that one counts") }
      lines.append(Line(bytes: bytes, name: line.name, user: line.user))
      if let message = line.message { problems.append(UserFileProblem(line: index + 1, message: message)) }
    }
  }

  /// Those who may enter, in the order of the file.
  var users: [User] { lines.compactMap(\.user) }

  package var names: [String] { users.map { String(decoding: $0.name, as: UTF8.self) } }

  /// The whole file as it is to be written.
  package var bytes: [UInt8] { lines.flatMap { $0.bytes + [UInt8(ascii: "\n")] } }

  /// A new user at the end of the file. Takes as long as a hash takes.
  package mutating func add(_ name: String, password: SecretBytes, cost: Int = Bcrypt.defaultCost) throws(UserProblem) {
    try UserRules.check(name: name)
    try UserRules.check(password: password)
    guard !contains(name) else { throw .exists(name) }
    write(name, Bcrypt.hash(password, cost: cost), at: lines.count)
  }

  /// Another password for a user, also for one whose line cannot be used as it is.
  package mutating func setPassword(
    _ password: SecretBytes, of name: String, cost: Int = Bcrypt.defaultCost
  ) throws(UserProblem) {
    try UserRules.check(password: password)
    guard let index = lines.firstIndex(where: { $0.name == Array(name.utf8) }) else { throw .unknown(name) }
    write(name, Bcrypt.hash(password, cost: cost), at: index)
  }

  /// Takes out every line of that name.
  package mutating func remove(_ name: String) throws(UserProblem) {
    guard contains(name) else { throw .unknown(name) }
    let kept = lines.filter { $0.name != Array(name.utf8) }
    self = UserFile(kept.flatMap { $0.bytes + [UInt8(ascii: "\n")] })
  }

  /// Whether some line has that name, one that cannot be used included.
  package func contains(_ name: String) -> Bool { lines.contains { $0.name == Array(name.utf8) } }

  private mutating func write(_ name: String, _ hash: BcryptHash, at index: Int) {
    let bytes = Array(name.utf8) + [UInt8(ascii: ":")] + hash.text
    let line = Line(bytes: bytes, name: Array(name.utf8), user: User(name: Array(name.utf8), hash: hash))
    lines.replaceSubrange(index..<min(index + 1, lines.count), with: [line])
    self = UserFile(self.bytes)
  }

  mutating func report(_ problem: UserFileProblem) { problems.append(problem) }
}
