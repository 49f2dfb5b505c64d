import Glibc
import Model
import Settings
import Testing

@testable import Access

@Suite("The door and those who guess", .timeLimit(.minutes(2)))
struct ThrottleTests {
  /// A policy that throttles, and its clock.
  private struct Guessed {
    let fixture: Fixture
    let time = Lock<UInt64>(1_000_000_000_000)

    init(_ users: KeyValuePairs<String, String> = ["anna": "correct horse"], threads: Int? = nil, cost: Int = 4) throws {
      fixture = try Fixture(users, cost: cost, threads: threads, now: { [time] in time.withLock { $0 } })
      fixture.policy.use(AccessSettings())
    }

    func wait(_ seconds: Double) { time.withLock { $0 += UInt64(seconds * 1e9) } }
  }

  private let right = basic("anna", "correct horse")

  @Test("answers 429 after five wrong passwords, to right ones too, on every loop, and then no more")
  func ban() async throws {
    let guessed = try Guessed()
    let (door, other) = (guessed.fixture.door(), guessed.fixture.door())
    #expect(try await other.decide(right, client: 9) == .pass(user: 1, isOurs: true))
    for number in 0..<5 { #expect(try await door.decide(basic("anna", "wrong \(number)")) == .challenge) }
    for (authorization, listener) in [
      (right, .local), (right, .tunnel), ("", .lan), ("Bearer x", .local), (basic("x", "y"), .tunnel),
    ]
      as [(String, ListenerKind)]
    {
      #expect(door.ask(authorization, listener: listener) == .wait(seconds: 600))
      #expect(other.ask(authorization, listener: listener) == .wait(seconds: 600))
    }
    #expect(other.ask(right, client: 9) == .pass(user: 1, isOurs: true))
    #expect(door.ask(right, listener: .internal) == .pass(user: nil, isOurs: false))
    guessed.wait(599.5)
    #expect(door.ask(right) == .wait(seconds: 1))
    guessed.wait(0.5)
    #expect(door.ask(right) == .pass(user: 1, isOurs: true))
  }

  @Test("does not count what is no guess: nothing sent, another scheme, a malformed value, a webhook's own credentials, a probe")
  func uncounted() async throws {
    let guessed = try Guessed()
    let hook = route(public: [PublicPath(path: "/hook/", isPrefix: true)])
    let door = guessed.fixture.door([hook])
    let pass = guessed.fixture.policy.issueProbePass()
    for _ in 0..<10 {
      for value in ["", "Bearer x", "Basic !", basic(pass.user, "wrong")] { #expect(try await door.decide(value) == .challenge) }
      #expect(try await door.decide(basic("anna", "of the webhook"), target: "/hook/x") == .pass(user: nil, isOurs: false))
    }
    #expect(try await door.decide(right) == .pass(user: 1, isOurs: true))
  }

  @Test("counts unknown users like known ones")
  func unknown() async throws {
    let door = try Guessed().fixture.door()
    for number in 0..<5 { #expect(try await door.decide(basic("eve \(number)", "guess")) == .challenge) }
    #expect(try await door.decide(right) == .wait(seconds: 600))
  }

  @Test("leaves public paths and a probe's pass open to a banned address")
  func banned() async throws {
    let guessed = try Guessed()
    let door = guessed.fixture.door([route(public: [PublicPath(path: "/hook/", isPrefix: true)])])
    for number in 0..<5 { _ = try await door.decide(basic("anna", "wrong \(number)")) }
    let pass = guessed.fixture.policy.issueProbePass()
    #expect(door.ask(target: "/hook/x") == .pass(user: nil, isOurs: false))
    #expect(door.ask(basic(pass.user, pass.password)) == .pass(user: 0, isOurs: true))
    #expect(door.ask(basic(pass.user, "wrong")) == .wait(seconds: 600))
  }

  @Test(
    "counts a burst exactly: of many at once five are told that they are wrong, and a right one behind them nothing",
    arguments: [1, 4])
  func burst(threads: Int) async throws {
    let guessed = try Guessed(threads: threads, cost: 5)
    let doors = (0..<4).map { _ in guessed.fixture.door() }
    var asked: [(door: TestDoor, ticket: UInt64)] = []
    for number in 0..<40 {
      let door = doors[number % 4]
      let decision = door.ask(number == 39 ? right : basic("anna", "wrong \(number)"))
      if decision == .pending { asked.append((door, door.ticket)) }
    }
    var answers: [AccessDecision] = []
    for (door, ticket) in asked { answers.append(try await door.answer(to: ticket)) }
    #expect(answers.count { $0 == .challenge } == 5)
    #expect(answers.count { $0 == .wait(seconds: 600) } == answers.count - 5)
    #expect(guessed.fixture.policy.lockouts() == [Lockout(address: "::1", user: "anna", seconds: 600)])
  }

  @Test("counts the same wrong password as often as it is sent, one after another")
  func same() async throws {
    let door = try Guessed().fixture.door()
    for _ in 0..<5 { #expect(try await door.decide(basic("anna", "wrong")) == .challenge) }
    #expect(try await door.decide(right) == .wait(seconds: 600))
  }

  @Test("counts one wrong password once when a browser sends it with six requests at once, and from the seventh on each")
  func together() async throws {
    for (count, left) in [(6, 4), (7, 3)] {
      // One thread, which hashes something slow meanwhile: so the others do wait for one another.
      let guessed = try Guessed(threads: 1)
      let door = guessed.fixture.door()
      try guessed.fixture.folder.write(
        userLines(["anna": "correct horse"]) + userLines(["slow": "correct horse"], cost: 11), to: "users")
      #expect(guessed.fixture.policy.reload().users == 2)
      #expect(door.ask(basic("slow", "wrong"), client: 7) == .pending)
      let tickets = (0..<count).map { _ in
        #expect(door.ask(basic("anna", "wrong")) == .pending)
        return door.ticket
      }
      for ticket in tickets { #expect(try await door.answer(to: ticket) == .challenge) }
      for number in 0..<left { #expect(try await door.decide(basic("anna", "wrong \(number)")) == .challenge) }
      #expect(try await door.decide(right) == .wait(seconds: 600))
    }
  }

  @Test("never tells on a public path which of many passwords is right: after twenty wrong ones none is looked at")
  func aside() async throws {
    let guessed = try Guessed()
    let door = guessed.fixture.door([route(public: [PublicPath(path: "/hook/", isPrefix: true)])])
    let (kept, withheld) = (AccessDecision.pass(user: nil, isOurs: false), AccessDecision.pass(user: nil, isOurs: true))
    let hook = { (password: String, client: UInt64) in
      try await door.decide(basic("anna", password), target: "/hook/x", client: client)
    }
    for number in 0..<20 { #expect(try await hook("wrong \(number)", 1) == kept) }
    // Neither the service nor the sender sees a difference between these.
    #expect(try await hook("wrong 20", 1) == withheld)
    #expect(try await hook("correct horse", 1) == withheld)
    // What was seen to be a caller's own still is; others are not concerned, and no door is shut by it.
    #expect(try await hook("wrong 3", 1) == kept)
    #expect(try await hook("other", 2) == kept)
    #expect(try await door.decide(right) == .pass(user: 1, isOurs: true))
    guessed.wait(601)
    #expect(try await hook("wrong 21", 1) == kept)
  }

  @Test("a burst on a public path is looked at as often as one after another, and no more")
  func asideBurst() async throws {
    let guessed = try Guessed(threads: 4, cost: 5)
    let door = guessed.fixture.door([route(public: [PublicPath(path: "/hook/", isPrefix: true)])])
    var tickets: [UInt64] = []
    for number in 0..<50 where door.ask(basic("anna", "wrong \(number)"), target: "/hook/x") == .pending {
      tickets.append(door.ticket)
    }
    var answers: [AccessDecision] = []
    for ticket in tickets { answers.append(try await door.answer(to: ticket)) }
    #expect(answers.count { $0 == .pass(user: nil, isOurs: false) } == 20)
    #expect(answers.count { $0 == .pass(user: nil, isOurs: true) } == answers.count - 20)
  }

  @Test("lets the owner in from anywhere while many addresses guess at him")
  func owner() async throws {
    let door = try Guessed(["anna": "correct horse", "bo": "battery staple"]).fixture.door()
    for number in 0..<50 { _ = try await door.decide(basic("anna", "wrong"), client: 100 + UInt64(number)) }
    #expect(try await door.decide(basic("anna", "wrong"), client: 7) == .challenge)
    #expect(try await door.decide(right, client: 7) == .wait(seconds: 600))
    #expect(try await door.decide(right, client: 8) == .pass(user: 1, isOurs: true))
    #expect(try await door.decide(basic("bo", "wrong"), client: 9) == .challenge)
    #expect(try await door.decide(basic("bo", "battery staple"), client: 9) == .pass(user: 2, isOurs: true))
  }

  @Test("unlocks by address, by network, by name, and all")
  func unlocking() async throws {
    for (who, freed) in [("::1", ["::1"]), ("anna", ["::1"]), ("", ["::1"]), ("::2", []), ("bo", [])] {
      let guessed = try Guessed()
      let door = guessed.fixture.door()
      for number in 0..<5 { _ = try await door.decide(basic("anna", "wrong \(number)")) }
      #expect(guessed.fixture.policy.unlock(who) == freed)
      #expect(try await door.decide(right) == (freed.isEmpty ? .wait(seconds: 600) : .pass(user: 1, isOurs: true)))
    }
    #expect(ClientAddress(text: "2001:db8::/64")?.throttled.networkText == "2001:db8::/64")
  }

  @Test("follows its settings at once: off frees, other numbers count from the next request on")
  func settings() async throws {
    let guessed = try Guessed()
    let door = guessed.fixture.door()
    for number in 0..<5 { _ = try await door.decide(basic("anna", "wrong \(number)")) }
    var settings = AccessSettings()
    settings.throttle = nil
    guessed.fixture.policy.use(settings)
    #expect(try await door.decide(right) == .pass(user: 1, isOurs: true))
    for number in 0..<9 { #expect(try await door.decide(basic("anna", "wrong \(number)"), client: 2) == .challenge) }
    settings.throttle = AccessSettings.Throttle()
    settings.throttle?.wrong = 2
    settings.throttle?.ban = 3
    guessed.fixture.policy.use(settings)
    for number in 0..<2 { #expect(try await door.decide(basic("anna", "wrong \(number)"), client: 2) == .challenge) }
    #expect(try await door.decide(right, client: 2) == .wait(seconds: 3))
  }
}

@Suite("The throttle over a restart", .timeLimit(.minutes(2)))
struct ThrottleFileTests {
  private let right = basic("anna", "correct horse")

  private func policy(_ folder: TemporaryFolder) throws -> (policy: AccessPolicy, problem: String?) {
    let policy = AccessPolicy(usersFile: try folder.write(userLines(["anna": "correct horse"]), to: "users"))
    policy.use(AccessSettings())
    policy.reload()
    return (policy, policy.restoreThrottle(path: folder.path + "/throttle"))
  }

  @Test("remembers bans and counts, and keeps no name and no password")
  func survives() async throws {
    let folder = try TemporaryFolder()
    let first = try policy(folder)
    #expect(first.problem == nil)
    let door = TestDoor(first.policy, [route()])
    for number in 0..<5 { _ = try await door.decide(basic("anna", "wrong \(number)")) }
    for number in 0..<4 { _ = try await door.decide(basic("typed a secret here", "wrong \(number)"), client: 2) }
    #expect(first.policy.keepThrottle() == nil)
    #expect(folder.mode(of: "throttle") == 0o600)
    let text = String(decoding: try PrivateFile.read(folder.path + "/throttle", limit: 1 << 20).bytes, as: UTF8.self)
    #expect(!text.contains("anna") && !text.contains("secret") && !text.contains("wrong"))

    let second = try policy(folder)
    #expect(second.problem == nil)
    let again = TestDoor(second.policy, [route()])
    guard case .wait(590...600) = again.ask(right) else {
      Issue.record("\(again.ask(right))")
      return
    }
    #expect(try await again.decide(basic("anna", "wrong"), client: 2) == .challenge)
    guard case .wait = try await again.decide(right, client: 2) else {
      Issue.record("the fifth did not count")
      return
    }
    #expect(second.policy.lockouts().map(\.user) == ["anna", "anna"])
  }

  @Test(
    "fails closed where the file is damaged: one wrong password is a ban, and the right one passes",
    arguments: ["", "rubbish\n", "dir"])
  func damaged(content: String) async throws {
    let folder = try TemporaryFolder()
    if content == "dir" {
      #expect(unsafe mkdir(folder.path + "/throttle", 0o700) == 0)
    } else {
      try folder.write(content, to: "throttle")
    }
    let (policy, problem) = try policy(folder)
    #expect(try #require(problem).contains("leanto user unlock"))
    let door = TestDoor(policy, [route()])
    #expect(try await door.decide(right) == .pass(user: 1, isOurs: true))
    #expect(try await door.decide(basic("anna", "wrong"), client: 2) == .challenge)
    guard case .wait = door.ask(right, client: 2) else {
      Issue.record("not closed")
      return
    }
    if content == "dir" {
      // It cannot be written either: told once, and counted all the same.
      #expect(policy.keepThrottle() != nil)
      #expect(policy.keepThrottle() == nil)
      #expect(unsafe rmdir(folder.path + "/throttle") == 0)
    }
    #expect(policy.keepThrottle() == nil)
    #expect(try self.policy(folder).problem == nil)
  }

  @Test("writes only when there is news")
  func quiet() async throws {
    let folder = try TemporaryFolder()
    let (policy, _) = try policy(folder)
    #expect(policy.keepThrottle() == nil && folder.mode(of: "throttle") == nil)
    _ = try await TestDoor(policy, [route()]).decide(right)
    #expect(policy.keepThrottle() == nil && folder.mode(of: "throttle") == 0o600)
  }
}

extension ThrottleTests {
  @Test("tells of each ban once, when it begins, and names only users that there are")
  func told() async throws {
    let fixture = try Fixture()
    fixture.policy.use(AccessSettings())
    let told = Lock([Lockout]())
    fixture.policy.tellOfBans { ban in told.withLock { $0.append(ban) } }
    let door = fixture.door()
    for number in 0..<7 { _ = try await door.decide(basic("anna", "wrong \(number)"), client: 0xFFFF_0102_0304) }
    for number in 0..<6 { _ = try await door.decide(basic("nobody", "wrong \(number)"), client: 0xFFFF_0102_0305) }
    let bans = told.withLock { $0 }
    #expect(
      bans == [
        Lockout(address: "1.2.3.4", user: "anna", seconds: 600), Lockout(address: "1.2.3.5", user: nil, seconds: 600),
      ])
  }
}
