import Testing

@testable import Access

@Suite("The table of checked credentials")
struct CredentialTableTests {
  @Test("finds what was put in, and nothing else")
  func finds() {
    var table = CredentialTable(capacity: 64)
    for number in 0..<8 { table.insert(entry(number)) }
    #expect((0..<8).count { table.find(key($0)) == entry($0) } == 8)
    #expect(table.find(key(9)) == nil)
  }

  @Test("stays within its bounds, and keeps the newest")
  func bounded() {
    var table = CredentialTable(capacity: 16)
    for number in 0..<1000 {
      table.insert(entry(number))
      #expect(table.find(key(number)) == entry(number))
    }
    #expect((0..<1000).count { table.find(key($0)) != nil } == 16)
  }

  @Test("holds a value once, with what was said last")
  func replaces() {
    var table = CredentialTable(capacity: 4)
    for index in 0..<3 { table.insert(entry(index)) }
    for expires in 1...9 { table.insert(.init(key: key(0), identity: UserIdentity(index: 5), expires: UInt64(expires))) }
    #expect(table.find(key(0))?.expires == 9)
    #expect(table.find(key(1)) != nil && table.find(key(2)) != nil)
  }

  @Test("forgets the users that it is told to forget")
  func forgets() {
    var table = CredentialTable(capacity: 64)
    for number in 0..<6 { table.insert(entry(number)) }
    table.removeAll { $0.index % 2 == 0 }
    #expect((0..<6).map { table.find(key($0)) != nil } == [false, true, false, true, false, true])
    table.removeAll()
    #expect((0..<6).allSatisfy { table.find(key($0)) == nil })
  }

  @Test("of users follows a file: identities stay, changed and missing ones are told")
  func users() throws {
    let (first, second) = (userLines(["x": "11111111"]).dropFirst(2), userLines(["x": "22222222"]).dropFirst(2))
    var table = UserTable()
    #expect(table.update(from: file("anna:\(first)bo:\(first)")).isEmpty)
    let anna = try #require(table.user(Array("anna".utf8))).identity
    let bo = try #require(table.user(Array("bo".utf8))).identity
    #expect(table.update(from: file("anna:\(first)bo:\(first)")).isEmpty)
    #expect(table.update(from: file("bo:\(first)anna:\(second)eve:\(first)")) == [anna])
    #expect(table.update(from: file("eve:\(first)")) == [anna, bo])
    #expect(table.user(Array("anna".utf8)) == nil)
    #expect(table.update(from: file("anna:\(first)")).count == 1)
    #expect(table.user(Array("anna".utf8))?.identity == anna)
    #expect(table.names.map { String(decoding: $0, as: UTF8.self) } == ["leanto-verify", "anna", "bo", "eve"])
  }

  @Test("of users has a decoy for every name, always the same, of the users' own costs")
  func decoys() {
    var table = UserTable()
    #expect(table.decoy(place: -5) == BcryptHash.nobody)
    _ = table.update(from: file(userLines(["a": "11111111"], cost: 4) + userLines(["b": "11111111"], cost: 5)))
    #expect(table.decoy(place: .min) == table.decoy(place: .min))
    #expect(Set((0..<10).map { table.decoy(place: $0).cost }) == [4, 5])
  }

  private func file(_ text: String) -> UserFile { UserFile(Array(text.utf8)) }
  private func key(_ number: Int) -> CredentialKey {
    CredentialKey(of: Array("\(number)".utf8).span, secret: Array(repeating: 1, count: 32))
  }
  private func entry(_ number: Int) -> CredentialTable.Entry {
    .init(key: key(number), identity: UserIdentity(index: Int32(number)), expires: 0)
  }
}
