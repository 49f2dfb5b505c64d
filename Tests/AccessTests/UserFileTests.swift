import Glibc
import Testing

@testable import Access

private let hash = "$2b$11$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"

@Suite("A users' file")
struct UserFileTests {
  @Test(
    "reads bcrypt as other tools write it",
    arguments: [
      "anna:\(hash)", "anna:$2y$10$\(hash.dropFirst(7))", "anna:$2a$17$\(hash.dropFirst(7))", "anna:\(hash)\r",
      "anna:\(hash):a remark",
    ])
  func reads(line: String) {
    let file = UserFile(Array("# people\n\n\(line)\n".utf8))
    #expect(file.names == ["anna"])
    #expect(file.problems.isEmpty)
  }

  @Test(
    "refuses what it cannot trust, by line and with what mends it",
    arguments: [
      (
        "bo:$apr1$x$y",
        "line 2: bo cannot sign in: the hash is Apache's MD5 ($apr1$), and only bcrypt is read; set it again: leanto user password bo"
      ),
      (
        "bo:{SHA}abc=",
        "line 2: bo cannot sign in: the hash is unsalted SHA-1 ({SHA}), and only bcrypt is read; set it again: leanto user password bo"
      ),
      (
        "bo:$6$x$y",
        "line 2: bo cannot sign in: the hash is SHA-512 crypt ($6$), and only bcrypt is read; set it again: leanto user password bo"
      ),
      (
        "bo:$2x$11$\(hash.dropFirst(7))",
        "line 2: bo cannot sign in: the hash is of the broken kind $2x$, and only bcrypt is read; set it again: leanto user password bo"
      ),
      (
        "bo:plain secret",
        "line 2: bo cannot sign in: this is no hash that we know, perhaps a plain password, and only bcrypt is read; set it again: leanto user password bo"
      ),
      ("b o:", "line 2: b o cannot sign in: there is no hash; set it again: leanto user password 'b o'"),
      (
        "bo:\(hash.dropLast())",
        "line 2: bo cannot sign in: the bcrypt hash is cut off, or its cost is not one of 4 to 17, and only bcrypt is read; set it again: leanto user password bo"
      ),
      (
        "bo:$2b$31$\(hash.dropFirst(7))",
        "line 2: bo cannot sign in: the bcrypt hash is cut off, or its cost is not one of 4 to 17, and only bcrypt is read; set it again: leanto user password bo"
      ),
      ("a pasted password", "line 2: this is not name:hash"),
      ("anna:\(hash)", "line 2: an earlier line has the same name; that one counts"),
      (
        ":\(hash)",
        "line 2: a user's name holds no colon and no control character, starts with no #, and has no space at its ends, and has 1 to 64 bytes"
      ),
    ])
  func refuses(line: String, problem: String) {
    let file = UserFile(Array("anna:\(hash)\n\(line)\n".utf8))
    #expect(file.names == ["anna"])
    #expect(file.problems.map(\.description) == [problem])
    #expect(!problem.contains("secret") && !problem.contains("pasted"))
  }

  @Test("says that a hash is weak, and takes it")
  func weak() {
    let file = UserFile(Array("anna:$2y$05$\(hash.dropFirst(7))\n".utf8))
    #expect(file.names == ["anna"])
    #expect(
      file.problems.first?.description
        == "line 1: the hash of anna is weak (bcrypt of cost 5); set it again: leanto user password anna")
  }

  @Test("survives any bytes, and writes back what it read", arguments: [1, 2, 3, 4])
  func noise(seed: Int) {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
        [
          UInt8(ascii: ":"), UInt8(ascii: "\n"), UInt8(ascii: "$"), UInt8(ascii: "2"),
          UInt8.random(in: 0...255, using: &generator),
        ].randomElement() ?? 0
      }
      let written = UserFile(bytes).bytes
      #expect(written == bytes || written == bytes + [UInt8(ascii: "\n")])
    }
  }

  @Test("keeps comments, blank lines and others' lines through every change")
  func edits() throws {
    var file = UserFile(Array("# door\n\nbo:$apr1$x$y\nanna:\(hash):remark\n# end".utf8))
    try file.add("jürgen", password: SecretBytes("correct horse"), cost: 4)
    try file.setPassword(SecretBytes("battery staple"), of: "bo", cost: 4)
    try file.remove("anna")
    let lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines.map { $0.prefix(11) } == ["# door", "", "bo:$2b$04$" + lines[2].dropFirst(10).prefix(1), "# end", "jürgen:$2b$", ""])
    #expect(file.names == ["bo", "jürgen"])
    let users = file.users
    #expect(Bcrypt.matches(SecretBytes("battery staple"), users[0].hash))
    #expect(Bcrypt.matches(SecretBytes("correct horse"), users[1].hash))
  }

  @Test("knows who is there and who is not")
  func existence() throws {
    var file = UserFile(Array("anna:\(hash)\nbo:{SHA}x\n".utf8))
    #expect(throws: UserProblem.exists("anna")) { try file.add("anna", password: SecretBytes("12345678"), cost: 4) }
    #expect(throws: UserProblem.exists("bo")) { try file.add("bo", password: SecretBytes("12345678"), cost: 4) }
    #expect(throws: UserProblem.unknown("eve")) { try file.remove("eve") }
    #expect(throws: UserProblem.unknown("eve")) { try file.setPassword(SecretBytes("12345678"), of: "eve", cost: 4) }
    #expect(file.names == ["anna"])
  }

  @Test(
    "takes names that a Basic header can carry",
    arguments: [
      ("", .nameLength(0)), (String(repeating: "n", count: 65), .nameLength(65)),
      (String(repeating: "ü", count: 33), .nameLength(66)),
      ("a:b", .nameCharacter), ("a\nb", .nameCharacter), ("a\u{0}", .nameCharacter), ("a\u{7f}", .nameCharacter),
      ("#a", .nameCharacter),
      (" a", .nameCharacter), ("a ", .nameCharacter), ("a", nil), ("a b", nil), ("jürgen@example.com", nil),
      (String(repeating: "n", count: 64), nil),
    ] as [(String, UserProblem?)])
  func names(name: String, problem: UserProblem?) {
    var file = UserFile()
    do {
      try file.add(name, password: SecretBytes("12345678"), cost: 4)
      #expect(problem == nil && file.names == [name])
    } catch { #expect(error == problem) }
  }

  @Test(
    "takes passwords of 8 to 72 bytes of text",
    arguments: [
      ("", .passwordTooShort), ("1234567", .passwordTooShort), ("12345678", nil), (String(repeating: "p", count: 72), nil),
      (String(repeating: "p", count: 73), .passwordTooLong(73)), (String(repeating: "ü", count: 37), .passwordTooLong(74)),
      ("1234567\n", .passwordCharacter), ("1234567\u{0}", .passwordCharacter), ("1234567\u{7f}", .passwordCharacter),
      ("pass:wörd", nil),
    ] as [(String, UserProblem?)])
  func passwords(password: String, problem: UserProblem?) {
    var file = UserFile()
    do {
      try file.add("anna", password: SecretBytes(password), cost: 4)
      #expect(problem == nil)
    } catch { #expect(error == problem) }
    #expect(file.names.isEmpty == (problem != nil))
  }

  @Test("refuses a password that is not UTF-8")
  func encoding() {
    let latin: [UInt8] = [0x70, 0x70, 0x70, 0x70, 0x70, 0x70, 0x70, 0xFC]
    #expect(throws: UserProblem.passwordCharacter) { try UserRules.check(password: SecretBytes(copying: latin.span)) }
  }
}

@Suite("A users' file on the disk")
struct UserFileStorageTests {
  @Test("comes back as it was saved, readable by its owner alone, with nothing left beside it")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("# mine\nbo:x\n", to: "users", mode: 0o644)
    var file = try UserFile.load(path: path)
    try file.add("anna", password: SecretBytes("correct horse"), cost: 4)
    try file.save(path: path)
    #expect(try UserFile.load(path: path).bytes == file.bytes)
    #expect(folder.mode(of: "users") == 0o600)
    #expect(folder.names == ["users"])
  }

  @Test("that others may read is reported with the command that mends it", arguments: [UInt32(0o640), 0o604, 0o644])
  func readable(mode: UInt32) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("anna:\(hash)\n", to: "users", mode: mode)
    let file = try UserFile.load(path: path)
    #expect(file.names == ["anna"])
    #expect(
      file.problems.map(\.description) == [
        "others may read \(path) (mode \(String(mode, radix: 8))) and guess at the passwords. Mend it with: chmod 600 \(path)"
      ])
  }

  @Test("that others may write lets nobody in", arguments: [UInt32(0o620), 0o602, 0o666])
  func writable(mode: UInt32) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("anna:\(hash)\n", to: "users", mode: mode)
    #expect(throws: UserProblem.writableByOthers(path: path)) { try UserFile.load(path: path) }
    #expect(UserProblem.writableByOthers(path: path).description.hasSuffix("Mend it with: chmod 600 \(path)"))
  }

  @Test("is a file, of a size that people have")
  func oddities() throws {
    let folder = try TemporaryFolder()
    #expect(throws: UserProblem.missing(path: folder.path + "/none")) { try UserFile.load(path: folder.path + "/none") }
    #expect(throws: UserProblem.notAFile(path: folder.path)) { try UserFile.load(path: folder.path) }
    let large = try folder.write(String(repeating: "#\n", count: 600_000), to: "large")
    #expect(throws: UserProblem.tooLarge(path: large, limit: UserRules.largestFile)) { try UserFile.load(path: large) }
    #expect(try UserFile.load(path: folder.write("", to: "empty")).names.isEmpty)
  }

  @Test("is not lost when it cannot be saved")
  func unwritable() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/nowhere/users"
    let problem = #expect(throws: UserProblem.self) { try UserFile().save(path: path) }
    #expect(problem?.description == "cannot write beside \(path): No such file or directory")
    // A folder in its place: the rename fails, and the temporary file goes.
    let taken = folder.path + "/taken"
    #expect(unsafe mkdir(taken, 0o700) == 0)
    #expect(throws: UserProblem.self) { try UserFile().save(path: taken) }
    #expect(folder.names == ["taken"])
    #expect(unsafe rmdir(taken) == 0)
  }

  @Test(
    "names an argument so that a shell reads it as one",
    arguments: [("anna", "anna"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("", "''")])
  func quoting(argument: String, shown: String) { #expect(quoted(argument) == shown) }
}
