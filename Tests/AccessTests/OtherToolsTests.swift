import Glibc
import Model
import Testing

@testable import Access

private let htpasswd = "/usr/bin/htpasswd"
private let hasTool = unsafe access(htpasswd, X_OK) == 0

@Suite("Apache's htpasswd", .enabled(if: hasTool, "htpasswd is not installed: apt-get install apache2-utils"))
struct OtherToolsTests {
  @Test("writes a file that opens the door", arguments: [5, 10])
  func reads(cost: Int) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/users"
    #expect(try run(["-icB", "-C", "\(cost)", path, "anna"], input: "correct horse") == 0)
    #expect(unsafe chmod(path, 0o600) == 0)
    let policy = AccessPolicy(usersFile: path)
    let report = policy.reload()
    #expect(report.users == 1)
    #expect(report.problems.isEmpty == (cost >= 10))
    let door = TestDoor(policy, [route()])
    #expect(door.user(try await door.decide(basic("anna", "correct horse"))) == "anna")
    #expect(try await door.decide(basic("anna", "wrong horse")) == .challenge)
  }

  @Test("accepts what we write, and changes it so that we read it")
  func writes() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/users"
    var file = UserFile(Array("# people\n".utf8))
    try file.add("anna", password: SecretBytes("pass:wörd"), cost: 5)
    try file.add("bo", password: SecretBytes("battery staple"), cost: 5)
    try file.save(path: path)
    #expect(try run(["-iv", path, "anna"], input: "pass:wörd") == 0)
    #expect(try run(["-iv", path, "anna"], input: "pass:word") != 0)
    #expect(try run(["-iB", path, "bo"], input: "another one") == 0)
    let changed = try UserFile.load(path: path)
    #expect(changed.names == ["anna", "bo"])
    #expect(Bcrypt.matches(SecretBytes("another one"), changed.users[1].hash))
    #expect(String(decoding: changed.bytes, as: UTF8.self).hasPrefix("# people\n"))
  }

  /// The exit status. The password goes in through a pipe, as ours do.
  private func run(_ arguments: [String], input: String) throws -> Int32 {
    let command = ([htpasswd] + arguments).map(quoted).joined(separator: " ") + " 2>/dev/null"
    let pipe = try unsafe #require(popen(command, "w"))
    let bytes = Array(input.utf8)
    unsafe fwrite(bytes, 1, bytes.count, pipe)
    return unsafe pclose(pipe)
  }
}
