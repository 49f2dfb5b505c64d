import Glibc
import Model
import Testing

@testable import Access

@Suite("The door", .timeLimit(.minutes(2)))
struct AccessPolicyTests {
  @Test("lets a user in, by name, and remembers him", arguments: AccessRulesTests.asking)
  func right(listener: ListenerKind) async throws {
    let door = try Fixture(["anna": "correct horse", "jürgen": "pass:wörd €"]).door()
    for (user, password) in [("anna", "correct horse"), ("jürgen", "pass:wörd €")] {
      #expect(door.ask(basic(user, password), listener: listener) == .pending)
      let decision = try await door.answer(to: door.ticket)
      #expect(door.user(decision) == user)
      #expect(door.ask(basic(user, password), listener: listener) == decision)
      guard case .pass(_, isOurs: true, _) = decision else { Issue.record("\(decision)"); return }
    }
  }

  @Test(
    "challenges everything else",
    arguments: [
      "", "Basic", "Basic ", "Basic !", "Basic YW5uYTpjb3JyZWN0IGhvcnNl=", "Bearer abc", "Digest username=anna",
      basic("anna", "wrong"),
      basic("anna", ""), basic("Anna", "correct horse"), basic("anna", "correct horse "), basic("eve", "correct horse"),
      basic("", "correct horse"), basic("annacorrect horse"), basic("anna", "correct horse\u{0}"),
      basic("anna\n", "correct horse"),
      basic("anna", String(repeating: "x", count: 600)), "Basic " + String(repeating: "QUJD", count: 10_000),
      "Basic" + String(repeating: " ", count: 1000) + basic("anna", "correct horse").dropFirst(5),
      basic("anna", "correct horse") + " ", basic("anna", "correct horse") + "\u{0}",
      "Negotiate " + basic("anna", "correct horse"),
    ])
  func wrong(authorization: String) async throws {
    let fixture = try Fixture()
    let door = fixture.door()
    for listener in AccessRulesTests.asking {
      #expect(try await door.decide(authorization, listener: listener) == .challenge)
    }
  }

  @Test("does not guess about a route that there is not, and asks nobody inside")
  func edges() throws {
    let fixture = try Fixture()
    let door = fixture.door()
    #expect(door.ask(basic("anna", "correct horse"), route: 1) == .refuse)
    #expect(door.ask(route: -1) == .refuse)
    for listener in [ListenerKind.internal, .control] {
      #expect(door.ask(basic("anna", "wrong"), listener: listener) == .pass(user: nil, isOurs: false))
    }
  }

  @Test("lets nobody in while there are no users")
  func nobody() async throws {
    let policy = AccessPolicy(usersFile: "/nonexistent/users")
    let report = policy.reload()
    #expect(report.users == 0 && !report.isChanged)
    #expect(report.problems == ["there is no file /nonexistent/users, so nobody may enter; make a user: leanto user add NAME"])
    #expect(try await TestDoor(policy, [route()]).decide(basic("anna", "correct horse")) == .challenge)
  }

  @Test("hashes a wrong password each time, and a right one once")
  func cache() async throws {
    let fixture = try Fixture()
    let (first, second) = (fixture.door(), fixture.door())
    for _ in 0..<2 {
      #expect(first.ask(basic("anna", "wrong")) == .pending)
      #expect(try await first.answer(to: first.ticket) == .challenge)
    }
    #expect(try await first.decide(basic("anna", "correct horse")) == .pass(user: 1, isOurs: true))
    // Another loop's door knows it as well, also in another spelling of the scheme once that was checked.
    #expect(second.ask(basic("anna", "correct horse")) == .pass(user: 1, isOurs: true))
    #expect(second.ask("bASIC" + basic("anna", "correct horse").dropFirst(5)) == .pending)
    #expect(try await second.answer(to: second.ticket) == .pass(user: 1, isOurs: true))
  }
}

@Suite("The door on public paths", .timeLimit(.minutes(2)))
struct PublicAccessTests {
  private static let hook = route(public: [PublicPath(path: "/hook/", isPrefix: true)])

  @Test("passes a caller without credentials, but no upgrade that was not meant", arguments: AccessRulesTests.asking)
  func callers(listener: ListenerKind) throws {
    var chat = Self.hook
    chat.publicPaths.append(PublicPath(path: "/chat", isPrefix: false))
    chat.upgradePaths = ["/chat", "/push"]
    let door = try Fixture().door([chat])
    for (target, isUpgrade, passes) in [
      ("/hook/x?y", false, true), ("/hook/x", true, false), ("/chat", true, true), ("/push", true, false),
      ("/other", false, false),
    ] {
      let expected: AccessDecision = passes ? .pass(user: nil, isOurs: false) : .challenge
      #expect(door.ask(target: target, listener: listener, isUpgrade: isUpgrade) == expected, "\(target) \(isUpgrade)")
    }
  }

  @Test("keeps a webhook caller's own credentials, also under the name of one of our users, and checks them once")
  func theirs() async throws {
    let fixture = try Fixture()
    let door = fixture.door([Self.hook])
    for own in ["Bearer secret", "Basic !", "Digest x", ""] {
      #expect(door.ask(own, target: "/hook/x") == .pass(user: nil, isOurs: false))
    }
    for own in [basic("eve", "secret"), basic("anna", "secret of the webhook")] {
      #expect(door.ask(own, target: "/hook/x") == .pending)
      #expect(try await door.answer(to: door.ticket) == .pass(user: nil, isOurs: false))
      #expect(door.ask(own, target: "/hook/x") == .pass(user: nil, isOurs: false))
      // What is remembered there opens nothing, and shortens no check, elsewhere.
      #expect(door.ask(own, target: "/other") == .pending)
      #expect(try await door.answer(to: door.ticket) == .challenge)
    }
  }

  @Test("does not remember what failed at the guarded gate: a flood there forgets no webhook's caller")
  func flood() async throws {
    let fixture = try Fixture()
    let door = fixture.door([Self.hook])
    #expect(try await door.decide(basic("eve", "secret"), target: "/other") == .challenge)
    #expect(door.ask(basic("eve", "secret"), target: "/hook/x") == .pending)
  }

  @Test("never lets the door's own credentials through to the service")
  func ours() async throws {
    let fixture = try Fixture()
    let door = fixture.door([Self.hook, route(.none)])
    // Not checked yet, as after a restart: it waits rather than leak.
    #expect(try await door.decide(basic("anna", "correct horse"), target: "/hook/x") == .pass(user: nil, isOurs: true))
    #expect(door.ask(basic("anna", "correct horse"), target: "/hook/x") == .pass(user: nil, isOurs: true))
    #expect(door.ask(basic("anna", "correct horse"), target: "/", route: 1) == .pass(user: nil, isOurs: true))
    #expect(door.ask(basic("anna", "correct horse"), target: "/other") == .pass(user: 1, isOurs: true))
  }

  @Test("opens a route without authentication on this machine and the local network, not on the tunnel")
  func openRoute() throws {
    let fixture = try Fixture()
    let door = fixture.door([route(.none)])
    #expect(door.ask(listener: .local) == .pass(user: nil, isOurs: false))
    #expect(door.ask(listener: .lan) == .pass(user: nil, isOurs: false))
    #expect(door.ask(listener: .tunnel) == .challenge)
  }

  @Test("forgets strangers when the users change: one of them may be a user now")
  func strangers() async throws {
    let fixture = try Fixture()
    let door = fixture.door([Self.hook])
    #expect(try await door.decide(basic("eve", "battery staple"), target: "/hook/") == .pass(user: nil, isOurs: false))
    try fixture.folder.write(userLines(["anna": "correct horse", "eve": "battery staple"]), to: "users")
    #expect(fixture.policy.reload().users == 2)
    #expect(try await door.decide(basic("eve", "battery staple"), target: "/hook/") == .pass(user: nil, isOurs: true))
  }
}

@Suite("The door while users change", .timeLimit(.minutes(2)))
struct LiveUsersTests {
  @Test("asks again whoever was removed or has another password, and nobody else")
  func changes() async throws {
    let fixture = try Fixture(["anna": "correct horse", "bo": "battery staple"])
    let door = fixture.door()
    let (anna, bo) = (basic("anna", "correct horse"), basic("bo", "battery staple"))
    #expect(try await door.decide(anna) == .pass(user: 1, isOurs: true))
    #expect(try await door.decide(bo) == .pass(user: 2, isOurs: true))

    let path = fixture.folder.path + "/users"
    var file = try UserFile.load(path: path)
    try file.setPassword(SecretBytes("another one"), of: "anna", cost: 4)
    try file.add("carl", password: SecretBytes("carl's password"), cost: 4)
    try file.save(path: path)
    let report = try #require(fixture.policy.reloadIfChanged())
    #expect(report.users == 3 && report.isChanged)
    #expect(door.ask(bo) == .pass(user: 2, isOurs: true))
    #expect(try await door.decide(anna) == .challenge)
    #expect(try await door.decide(basic("anna", "another one")) == .pass(user: 1, isOurs: true))
    #expect(door.user(try await door.decide(basic("carl", "carl's password"))) == "carl")

    try file.remove("bo")
    try file.save(path: path)
    fixture.policy.reload()
    #expect(try await door.decide(bo) == .challenge)
    #expect(door.userNames == ["leanto-verify", "anna", "bo", "carl"])
  }

  @Test("keeps its users when the file is gone, damaged or open to all, and says so once")
  func brokenFile() async throws {
    let fixture = try Fixture()
    let door = fixture.door()
    let path = fixture.folder.path + "/users"
    #expect(unsafe chmod(path, 0o666) == 0)
    let report = try #require(fixture.policy.reloadIfChanged())
    #expect(report == UsersReport(users: 1, isChanged: false, problems: ["\(UserProblem.writableByOthers(path: path))"]))
    #expect(unsafe unlink(path) == 0)
    #expect(try #require(fixture.policy.reloadIfChanged()).problems == ["\(UserProblem.missing(path: path))"])
    #expect(fixture.policy.reloadIfChanged() == nil)
    #expect(door.user(try await door.decide(basic("anna", "correct horse"))) == "anna")
  }

  @Test("notices a change within the same tick of the clock, and an unchanged file at no cost")
  func fingerprint() async throws {
    let fixture = try Fixture()
    let path = fixture.folder.path + "/users"
    let texts = ["correct horse", "battery staple"].map { userLines(["anna": $0]) }
    for round in 0..<50 {
      // The same size and inode, and most often the same time.
      try fixture.folder.write(texts[round % 2], to: "users")
      #expect(try #require(fixture.policy.reloadIfChanged()).isChanged)
    }
    #expect(try await eventually { !(FileFingerprint(path: path)?.isYoung ?? true) })
    #expect(fixture.policy.reloadIfChanged() == nil)
    #expect(fixture.policy.reloadIfChanged() == nil)
  }

  @Test("a password that is changed while it is hashed opens nothing")
  func changedMeanwhile() async throws {
    let store = CredentialStore(now: AccessPolicy.clock)
    _ = store.update(from: UserFile(Array(userLines(["anna": "correct horse"]).utf8)))
    let sent = Array("anna:correct horse".utf8)
    let key = store.key(of: sent.span)
    guard case .unchecked(let check) = store.find(key, in: sent.span, user: 0..<4, password: 5..<18, remembersStrangers: true)
    else {
      Issue.record("it is in no cache yet")
      return
    }
    _ = store.update(from: UserFile(Array(userLines(["anna": "another one"]).utf8)))
    #expect(store.carryOut(check) == .wrong)
    guard case .unchecked = store.find(key, in: sent.span, user: 0..<4, password: 5..<18, remembersStrangers: true) else {
      Issue.record("nothing may be remembered of it")
      return
    }
  }
}

@Suite("A probe pass")
struct ProbePassTests {
  @Test("opens the door until it expires, on every loop, and opens it no more after")
  func expires() async throws {
    let time = Lock<UInt64>(1_000_000_000)
    let fixture = try Fixture(now: { time.withLock { $0 } })
    let (first, second) = (fixture.door(), fixture.door())
    let pass = fixture.policy.issueProbePass(seconds: 60)
    let value = basic(pass.user, pass.password)
    #expect(first.ask(value, listener: .tunnel) == .pass(user: 0, isOurs: true))
    #expect(first.user(first.ask(value)) == "leanto-verify")
    time.withLock { $0 += 59_000_000_000 }
    #expect(first.ask("basic" + value.dropFirst(5)) == .pass(user: 0, isOurs: true))
    #expect(second.ask(value) == .pass(user: 0, isOurs: true))
    #expect(try await first.decide(basic(pass.user, "wrong")) == .challenge)
    time.withLock { $0 += 2_000_000_000 }
    for door in [first, second] { #expect(try await door.decide(value) == .challenge) }
  }

  @Test("is another one each time, and the oldest of too many goes")
  func several() async throws {
    let fixture = try Fixture()
    let door = fixture.door()
    let passes = (0..<17).map { _ in fixture.policy.issueProbePass() }
    #expect(Set(passes.map(\.password)).count == 17 && Set(passes.map(\.user)).count == 17)
    #expect(passes.allSatisfy { $0.password.count == 64 && UserRules.isName(Array($0.user.utf8)) })
    #expect(door.ask(basic(passes[16].user, passes[16].password)) == .pass(user: 0, isOurs: true))
    #expect(door.ask(basic(passes[1].user, passes[1].password)) == .pass(user: 0, isOurs: true))
    #expect(try await door.decide(basic(passes[0].user, passes[0].password)) == .challenge)
  }
}
