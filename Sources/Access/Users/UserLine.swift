/// One line of a users' file, read.
struct UserLine {
  private(set) var name: [UInt8]?
  private(set) var user: UserFile.User?
  /// Why the line does not count, or what is weak about it.
  private(set) var message: String?

  /// `bytes`: without the line feed.
  init(_ bytes: [UInt8]) {
    let line = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes[...]
    let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    guard let first = text.first, first != UInt8(ascii: "#") else { return }
    // Apache reads no further than a second colon.
    let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count > 1 else {
      // Not shown: it may be a password that was pasted here.
      refuse("this is not name:hash")
      return
    }
    read(name: Array(parts[0]), hash: parts[1])
  }

  mutating func refuse(_ reason: String) {
    user = nil
    message = reason
  }

  private mutating func read(name: [UInt8], hash: ArraySlice<UInt8>) {
    guard UserRules.isName(name) else {
      return refuse("\(UserProblem.nameCharacter), and has 1 to \(UserRules.longestName) bytes")
    }
    self.name = name
    let text = String(decoding: name, as: UTF8.self)
    let remedy = "set it again: leanto user password \(quoted(text))"
    guard let hash = BcryptHash(hash) else { return refuse("\(text) cannot sign in: \(UserLine.kind(hash)); \(remedy)") }
    user = UserFile.User(name: name, hash: hash)
    if hash.cost < UserLine.weakBelow { message = "the hash of \(text) is weak (bcrypt of cost \(hash.cost)); \(remedy)" }
  }

  private static let weakBelow = 10

  private static func kind(_ hash: ArraySlice<UInt8>) -> String {
    let known = [
      ("$apr1$", "the hash is Apache's MD5 ($apr1$)"), ("{SHA}", "the hash is unsalted SHA-1 ({SHA})"),
      ("$1$", "the hash is MD5 ($1$)"), ("$5$", "the hash is SHA-256 crypt ($5$)"), ("$6$", "the hash is SHA-512 crypt ($6$)"),
      ("$y$", "the hash is yescrypt ($y$)"), ("$argon2", "the hash is Argon2"), ("$2x$", "the hash is of the broken kind $2x$"),
      (
        "$2",
        "the bcrypt hash is cut off, or its cost is not one of \(BcryptHash.costs.lowerBound) to \(BcryptHash.costs.upperBound)"
      ),
    ]
    if hash.isEmpty { return "there is no hash" }
    let kind = known.first { hash.starts(with: $0.0.utf8) }?.1
    return (kind ?? "this is no hash that we know, perhaps a plain password") + ", and only bcrypt is read"
  }
}
