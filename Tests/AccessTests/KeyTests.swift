import Model
import Settings
import Testing

@testable import Access

@Suite("The keys' file")
struct KeyFileTests {
  @Test("keeps what is needed to know a key again, and not the key")
  func roundTrip() throws {
    var file = KeyFile()
    let first = file.add("ci", KeyScope(service: "n8n", verbs: ["GET", "POST"], expires: 2000), now: 1000)
    let taken = file.add("ci", KeyScope(service: "n8n"), now: 1000)
    let second = file.add(
      "all", KeyScope(service: "flowise", rate: KeyRate(count: 60, unit: .minute), models: ["gemma3:270m", "a/b:c"]), now: 1000)
    let (text, other) = (try #require(first), try #require(second))
    #expect(taken == nil)
    #expect(text.utf8.count == APIKey.length && text.hasPrefix("leanto_") && text != other)
    let bytes = String(decoding: file.bytes, as: UTF8.self)
    #expect(!bytes.contains(text.dropFirst(APIKey.shown)) && bytes.hasPrefix("ci \(text.prefix(APIKey.shown)) "))
    let read = KeyFile(file.bytes)
    #expect(read == file && read.problems.isEmpty)
    let (gone, none) = (file.revoke("ci"), file.revoke("ci"))
    #expect(gone && !none && file.keys.map(\.name) == ["all"])
  }

  @Test(
    "tells of lines that are none, and takes the others",
    arguments: [
      "rubbish", "a b c d e f g", "x leanto_aaaaaaaa 00 n8n * - 1", "x/y leanto_aaaaaaaa HASH n8n * - 1",
      "x leanto_aaaaaaaa HASH n8n get - 1",
      "x leanto_aaaaaaaa HASH n8n * never 1", "x leanto_aaaaaaaa HASH n8n * - -1", "good leanto_aaaaaaaa HASH n8n * - 1",
      "x leanto_aaaaaaaa HASH n8n * - 1 60", "x leanto_aaaaaaaa HASH n8n * - 1 60/week *",
      "x leanto_aaaaaaaa HASH n8n * - 1 0/min *", "x leanto_aaaaaaaa HASH n8n * - 1 - ,",
    ])
  func problems(line: String) {
    let hash = String(repeating: "ab", count: 32)
    let good = "good leanto_bbbbbbbb \(hash) n8n * - 1"
    let file = KeyFile(Array("# comment\n\n\(good)\n\(line.replacing("HASH", with: hash))\n".utf8))
    #expect(file.keys.map(\.name) == ["good"])
    #expect(file.problems.count == 1 && file.problems[0].hasPrefix("line 4: "))
  }

  @Test("makes keys of letters and digits alone, all of them used")
  func alphabet() {
    let keys = (0..<200).map { _ in APIKey.make() }
    let used = Set(keys.flatMap { $0.dropFirst(7) })
    #expect(used.count == 62 && used.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
    #expect(Set(keys).count == 200)
  }

  @Test("remembers when keys were used, apart from them")
  func uses() throws {
    let folder = try TemporaryFolder()
    let uses = ["leanto_a": KeyUse(last: 5, promptTokens: 7, generatedTokens: 8), "leanto_b": KeyUse(last: 6)]
    try KeyUses.save(uses, path: folder.path + "/used")
    #expect(KeyUses.load(path: folder.path + "/used") == uses)
    #expect(KeyUses.load(path: folder.path + "/none") == [:])
    try folder.write("x\nleanto_c 7\nleanto_d x\nleanto_e 1 2 x\n", to: "used")
    #expect(KeyUses.load(path: folder.path + "/used") == ["leanto_c": KeyUse(last: 7)])
  }
}

@Suite("The door and its keys", .timeLimit(.minutes(2)))
struct KeyTests {
  struct Keyed {
    let fixture: Fixture
    let time = Lock<UInt32>(1_800_000_000)
    var path: String { fixture.folder.path + "/keys" }
    let routes: [Route]

    init() throws {
      fixture = try Fixture(wallClock: { [time] in time.withLock { $0 } })
      fixture.policy.use(AccessSettings())
      _ = fixture.policy.loadSessionKeys(path: fixture.folder.path + "/session-key")
      var other = route(public: [PublicPath(path: "/hook", isPrefix: false)])
      other.service = "other"
      other.target = .upstream(.tcp(host: "127.0.0.1", port: 1))
      var notes = route()
      notes.target = other.target
      var own = route()
      own.service = "leanto"
      routes = [notes, other, own]
    }

    func add(
      _ name: String, for service: String = "notes", verbs: [String] = [], expires: Double? = nil, rate: String? = nil,
      models: [String] = []
    ) throws -> String {
      var file = try KeyFile.load(path: path)
      let scope = KeyScope(
        service: service, verbs: verbs, expires: expires, rate: rate.flatMap { KeyRate($0) }, models: models)
      let added = file.add(name, scope, now: 0)
      let key = try #require(added)
      try file.save(path: path)
      #expect(fixture.policy.reloadKeysIfChanged(path: path)?.isChanged == true)
      return key
    }
  }

  @Test("lets a program in by either field, under its key's name, without a cookie, and keeps the key from the service")
  func enters() throws {
    let keyed = try Keyed()
    let (door, other) = (keyed.fixture.door(keyed.routes), keyed.fixture.door(keyed.routes))
    let key = try keyed.add("ci")
    for door in [door, other] {
      let decision = door.ask("Bearer \(key)")
      #expect(door.user(decision) == "key:ci")
      guard case .pass(_, isOurs: true, nil) = decision else {
        Issue.record("\(decision)")
        return
      }
      #expect(door.ask("bEARER  \(key)") == decision)
      // In a field of its own it leaves Authorization to the service.
      for own in ["", "Bearer of-the-service", "Basic !"] {
        guard case .pass(let user?, isOurs: false, nil) = door.ask(own, key: key) else {
          Issue.record("\(door.ask(own, key: key))")
          return
        }
        #expect(door.userNames[Int(user)] == "key:ci")
      }
    }
  }

  @Test("opens one service, with its verbs, until it is over")
  func scope() throws {
    let keyed = try Keyed()
    let door = keyed.fixture.door(keyed.routes)
    let reader = try keyed.add("reader", verbs: ["GET", "HEAD"], expires: 1_800_000_010)
    let others = try keyed.add("others", for: "other")
    for (verb, passes) in [(RequestVerb.get, true), (.head, true), (.post, false), (.options, false), (.other, false)] {
      let (bearer, field) = (door.ask("Bearer \(reader)") { $0.verb = verb }, door.ask(key: reader) { $0.verb = verb })
      #expect((door.user(bearer) == "key:reader") == passes && (bearer == .refuse) != passes, "\(verb)")
      #expect((door.user(field) == "key:reader") == passes && (field == .refuse) != passes, "\(verb)")
    }
    #expect(door.ask("Bearer \(others)") == .refuse)
    // Leanto's own pages are for people.
    let own = try keyed.add("own", for: "leanto")
    #expect(door.ask("Bearer \(own)", route: 2) == .refuse && door.ask(key: own, route: 2) == .refuse)
    #expect(door.user(door.ask("Bearer \(others)", route: 1) { $0.verb = .other }) == "key:others")
    keyed.time.withLock { $0 += 10 }
    #expect(door.ask("Bearer \(reader)") { $0.verb = .get } == .challenge)
    #expect(door.ask(key: reader) { $0.verb = .get } == .challenge)
  }

  @Test("asks anew what is no key of ours, counts none of it, and lets the service's own tokens pass where the door is open")
  func strangers() throws {
    let keyed = try Keyed()
    let door = keyed.fixture.door(keyed.routes)
    let key = try keyed.add("ci")
    let wrong = [
      "leanto_", "leanto_x", key + "x", String(key.dropLast()), key.uppercased(), "x" + key, String(key.dropLast()) + "!",
    ]
    for _ in 0..<2 {
      for text in wrong { #expect(door.ask("Bearer \(text)") == .challenge && door.ask(key: text) == .challenge) }
    }
    #expect(door.ask("Basic \(key)") == .challenge && door.ask(key) == .challenge)
    // On a public path the service's own pass, and ours never do, right or not.
    for (text, isOurs) in [(key, true), ("leanto_wrong", true), ("sk-service", false)] {
      #expect(door.ask("Bearer \(text)", target: "/hook", route: 1) == .pass(user: nil, isOurs: isOurs))
    }
    #expect(keyed.fixture.policy.lockouts().isEmpty)
  }

  @Test("works beside a session and at a banned address")
  func beside() async throws {
    let keyed = try Keyed()
    let door = keyed.fixture.door(keyed.routes)
    let key = try keyed.add("ci")
    guard case .pass(_, _, let field?) = try await door.decide(basic("anna", "correct horse")) else {
      Issue.record("no cookie")
      return
    }
    let cookie = String(String(decoding: field, as: UTF8.self).prefix { $0 != ";" })
    #expect(door.user(door.ask("Bearer \(key)", cookies: cookie)) == "key:ci")
    #expect(door.user(door.ask("Bearer leanto_wrong", cookies: cookie)) == "anna")
    guard case .pass(_, isOurs: true, nil) = door.ask("Bearer leanto_wrong", cookies: cookie) else {
      Issue.record("it would reach the service")
      return
    }
    for number in 0..<5 { _ = try await door.decide(basic("anna", "wrong \(number)")) }
    #expect(door.ask("Bearer leanto_wrong") == .wait(seconds: 600))
    #expect(door.user(door.ask("Bearer \(key)")) == "key:ci" && door.user(door.ask(key: key)) == "key:ci")
  }

  @Test("goes by the file at once, and by the earlier keys when it cannot be read")
  func live() throws {
    let keyed = try Keyed()
    let door = keyed.fixture.door(keyed.routes)
    #expect(keyed.fixture.policy.reloadKeysIfChanged(path: keyed.path) == nil)
    let (first, second) = (try keyed.add("first"), try keyed.add("second"))
    #expect(door.user(door.ask("Bearer \(first)")) == "key:first" && door.user(door.ask("Bearer \(second)")) == "key:second")
    var file = try KeyFile.load(path: keyed.path)
    _ = file.revoke("first")
    try file.save(path: keyed.path)
    #expect(keyed.fixture.policy.reloadKeysIfChanged(path: keyed.path)?.keys == 1)
    #expect(door.ask("Bearer \(first)") == .challenge)
    try keyed.fixture.folder.write("", to: "keys", mode: 0o666)
    #expect(keyed.fixture.policy.reloadKeysIfChanged(path: keyed.path)?.problems.first?.contains("chmod 600") == true)
    #expect(door.user(door.ask("Bearer \(second)")) == "key:second")
  }

  @Test("keeps when each was last used, to the minute, over a restart")
  func lastUse() throws {
    let keyed = try Keyed()
    let door = keyed.fixture.door(keyed.routes)
    let key = try keyed.add("ci")
    let path = keyed.fixture.folder.path + "/used"
    #expect(keyed.fixture.policy.keepKeyUses(path: path) == nil && KeyUses.load(path: path) == [:])
    _ = door.ask("Bearer \(key)")
    #expect(keyed.fixture.policy.keepKeyUses(path: path) == nil)
    let shown = String(key.prefix(APIKey.shown))
    #expect(KeyUses.load(path: path) == [shown: KeyUse(last: 1_800_000_000)])
    keyed.time.withLock { $0 += 30 }
    _ = door.ask("Bearer \(key)")
    keyed.time.withLock { $0 += 40 }
    _ = door.ask("Bearer \(key)")
    #expect(keyed.fixture.policy.keepKeyUses(path: path) == nil)
    #expect(KeyUses.load(path: path) == [shown: KeyUse(last: 1_800_000_070)])
    #expect(keyed.fixture.policy.keepKeyUses(path: keyed.fixture.folder.path + "/none/used") == nil)
  }
}
