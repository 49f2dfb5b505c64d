import Glibc
import Model
import Settings
import Testing

@testable import Access

@Suite("A session's token")
struct SessionTokenTests {
  private let key = SigningKey(bytes: Array(repeating: 1, count: 32), made: 0)
  private let token = SessionToken(binding: SessionBinding(high: .max, low: 2), begun: 1_800_000_000, renewed: 1_800_000_100)

  @Test("is read as it was written, by its own key alone")
  func roundTrip() {
    let text = token.text(key: key)
    #expect(text.count == SessionToken.length)
    #expect(SessionToken(text.span, key: key) == token)
    #expect(SessionToken(text.span, key: .make(at: 0)) == nil)
  }

  @Test("has one spelling, and no other is right")
  func damage() {
    let text = token.text(key: key)
    for index in text.indices {
      for byte in [text[index] ^ 1, text[index] ^ 32, 0, 61, 255] where byte != text[index] {
        var changed = text
        changed[index] = byte
        #expect(SessionToken(changed.span, key: key) == nil, "\(index) \(byte)")
      }
    }
    for other in [Array(text.dropLast()), text + [61], [], Array(text.dropLast(4))] {
      #expect(SessionToken(other.span, key: key) == nil)
    }
  }

  @Test("says nothing of the user's name, and another name, hash or key is another binding")
  func binding() {
    let (first, second) = (Bcrypt.hash(SecretBytes("one password"), cost: 4), Bcrypt.hash(SecretBytes("one password"), cost: 4))
    let bindings = [("anna", first, key), ("anna", second, key), ("ann", first, key), ("anna", first, .make(at: 0))].map {
      SessionBinding(name: Array($0.0.utf8), hash: $0.1, key: $0.2)
    }
    #expect(Set(bindings).count == 4)
  }
}

@Suite("The sessions' keys")
struct SessionKeyFileTests {
  @Test("are made once, 0600, and kept")
  func made() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/session-key"
    let first = SessionKeyFile.load(path: path, now: 1000)
    #expect(first.problem == nil && first.keys.count == 1 && folder.mode(of: "session-key") == 0o600)
    #expect(SessionKeyFile.load(path: path, now: 2000).keys == first.keys)
    // A clock that was set back makes none.
    #expect(SessionKeyFile.load(path: path, now: 0).keys == first.keys)
  }

  @Test("get a new one each month, and the one before stays good")
  func rotation() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/session-key"
    let month = SessionKeyFile.rotation
    let first = SessionKeyFile.load(path: path, now: 0).keys
    let second = SessionKeyFile.load(path: path, now: month).keys
    #expect(second.count == 2 && second[1] == first[0] && second[0] != first[0])
    let third = SessionKeyFile.load(path: path, now: 2 * month).keys
    #expect(third.count == 2 && third[1] == second[0])
  }

  @Test("that cannot be used are told, and sessions work on")
  func problems() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("rubbish\n", to: "session-key")
    let replaced = SessionKeyFile.load(path: path, now: 5)
    #expect(replaced.problem?.contains("no signing key") == true && replaced.keys.count == 1)
    #expect(SessionKeyFile.load(path: path, now: 5).problem == nil)
    try folder.write("rubbish\n", to: "session-key", mode: 0o666)
    #expect(SessionKeyFile.load(path: path, now: 5).problem?.contains("chmod 600") == true)
    let nowhere = SessionKeyFile.load(path: folder.path + "/none/key", now: 5)
    #expect(nowhere.keys.count == 1 && nowhere.problem?.contains("sessions end with this process") == true)
  }
}

/// A policy with sessions, and the clock on its wall.
private struct Visited {
  let fixture: Fixture
  let time = Lock<UInt32>(1_800_000_000)

  init(_ users: KeyValuePairs<String, String> = ["anna": "correct horse", "bo": "battery staple"]) throws {
    fixture = try Fixture(users, wallClock: { [time] in time.withLock { $0 } })
    fixture.policy.use(AccessSettings())
    #expect(fixture.policy.loadSessionKeys(path: keyPath) == nil)
  }

  var keyPath: String { fixture.folder.path + "/session-key" }
  func wait(hours: Double) { time.withLock { $0 += UInt32(hours * 3600) } }
}

/// The cookie that a decision sets, as a browser sends it back.
private func cookie(_ decision: AccessDecision) -> String? {
  guard case .pass(_, _, let field?) = decision else { return nil }
  return String(String(decoding: field, as: UTF8.self).prefix { $0 != ";" })
}

private let right = basic("anna", "correct horse")

@Suite("The door and its sessions", .timeLimit(.minutes(2)))
struct SessionTests {
  @Test("gives a cookie to whoever signs in, and lets its bearer in without a password, on every loop")
  func signIn() async throws {
    let visited = try Visited()
    let (door, other) = (visited.fixture.door(), visited.fixture.door())
    let first = try await door.decide(right)
    guard case .pass(1, isOurs: true, let field?) = first, let cookie = cookie(first) else {
      Issue.record("\(first)")
      return
    }
    let text = String(decoding: field, as: UTF8.self)
    #expect(text.hasPrefix("leanto-session=") && text.hasSuffix("; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax"))
    for door in [door, other] {
      for _ in 0..<2 { #expect(door.ask(cookies: "theme=dark; \(cookie)") == .pass(user: 1, isOurs: false)) }
    }
    // The same minute, the same cookie: who takes none costs no signature.
    #expect(door.ask(right) == first)
    #expect(door.ask(right, cookies: cookie) == .pass(user: 1, isOurs: true))
  }

  @Test("is another cookie on https, bound to the host, and none of one scheme counts on the other")
  func secure() async throws {
    let visited = try Visited()
    let door = visited.fixture.door()
    _ = try await door.decide(right)
    let decision = door.ask(right) { $0.isSecure = true }
    guard case .pass(_, _, let field?) = decision, let cookie = cookie(decision) else {
      Issue.record("\(decision)")
      return
    }
    let text = String(decoding: field, as: UTF8.self)
    #expect(text.hasPrefix("__Host-leanto=") && text.hasSuffix("; HttpOnly; SameSite=Lax; Secure"))
    #expect(door.ask(cookies: cookie) { $0.isSecure = true } == .pass(user: 1, isOurs: false))
    #expect(door.ask(cookies: cookie) == .challenge)
    let plain = "leanto-session=" + cookie.dropFirst("__Host-leanto=".count)
    #expect(door.ask(cookies: plain) { $0.isSecure = true } == .challenge)
  }

  @Test("takes the first of several cookies that is good, and not more than four of its name")
  func several() async throws {
    let visited = try Visited()
    let door = visited.fixture.door()
    let cookie = try #require(cookie(try await door.decide(right)))
    #expect(door.ask(cookies: "leanto-session=planted; \(cookie)") == .pass(user: 1, isOurs: false))
    #expect(door.ask(cookies: "x\(cookie)") == .challenge)
    #expect(door.ask(cookies: "\(cookie)x") == .challenge)
    #expect(door.ask(cookies: String(repeating: "leanto-session=planted; ", count: 4) + cookie) == .challenge)
  }

  @Test("lets a session slide, and end without a visit, and after thirty days whatever happens")
  func sliding() async throws {
    let visited = try Visited()
    let door = visited.fixture.door()
    let first = try #require(cookie(try await door.decide(right)))
    visited.wait(hours: 0.9)
    #expect(door.ask(cookies: first) == .pass(user: 1, isOurs: false))
    visited.wait(hours: 0.2)
    let second = try #require(cookie(door.ask(cookies: first)))
    #expect(second != first)
    visited.wait(hours: 11)
    #expect(door.ask(cookies: first) == .challenge)
    var newest = try #require(cookie(door.ask(cookies: second)))
    var hours = 12.1
    while let next = cookie(door.ask(cookies: newest)) ?? (hours < 700 ? newest : nil) {
      newest = next
      visited.wait(hours: 8)
      hours += 8
      if hours > 800 { break }
    }
    #expect((720...728).contains(hours))
    #expect(door.ask(cookies: newest) == .challenge)
  }

  @Test("ends with the password, the user, the setting or the key; another user's goes on")
  func ends() async throws {
    let visited = try Visited()
    let door = visited.fixture.door()
    let anna = try #require(cookie(try await door.decide(right)))
    let bo = try #require(cookie(try await door.decide(basic("bo", "battery staple"))))
    let path = visited.fixture.folder.path + "/users"
    var file = try UserFile.load(path: path)
    try file.setPassword(SecretBytes("another one"), of: "anna", cost: 4)
    try file.save(path: path)
    visited.fixture.policy.reload()
    #expect(door.ask(cookies: anna) == .challenge)
    #expect(door.ask(cookies: bo) == .pass(user: 2, isOurs: false))
    try file.remove("bo")
    try file.save(path: path)
    visited.fixture.policy.reload()
    #expect(door.ask(cookies: bo) == .challenge)

    let again = try #require(cookie(try await door.decide(basic("anna", "another one"))))
    var settings = AccessSettings()
    settings.session = nil
    visited.fixture.policy.use(settings)
    #expect(door.ask(cookies: again) == .challenge)
    #expect(door.ask(basic("anna", "another one")) == .pass(user: 1, isOurs: true))
    visited.fixture.policy.use(AccessSettings())
    #expect(door.ask(cookies: again) == .pass(user: 1, isOurs: false))
    #expect(unsafe unlink(visited.keyPath) == 0)
    #expect(visited.fixture.policy.loadSessionKeys(path: visited.keyPath) == nil)
    #expect(door.ask(cookies: again) == .challenge)
  }

  @Test("goes on over a restart, and over a new key, with which it is renewed")
  func rotation() async throws {
    let visited = try Visited()
    let cookie1 = try #require(cookie(try await visited.fixture.door().decide(right)))
    let other = AccessPolicy(usersFile: visited.fixture.folder.path + "/users", wallClock: { visited.time.withLock { $0 } })
    other.reload()
    other.use(AccessSettings())
    #expect(other.loadSessionKeys(path: visited.keyPath) == nil)
    let door = TestDoor(other, [route()])
    #expect(door.ask(cookies: cookie1) == .pass(user: 1, isOurs: false))
    let keys = SessionKeyFile.bytes(of: [.make(at: 1_800_000_000)])
    let old = try PrivateFile.read(visited.keyPath, limit: 4096).bytes
    try PrivateFile.save(keys + old, path: visited.keyPath)
    #expect(other.loadSessionKeys(path: visited.keyPath) == nil)
    let renewed = try #require(cookie(door.ask(cookies: cookie1)))
    #expect(door.ask(cookies: renewed) == .pass(user: 1, isOurs: false))
    try PrivateFile.save(keys, path: visited.keyPath)
    #expect(other.loadSessionKeys(path: visited.keyPath) == nil)
    #expect(door.ask(cookies: cookie1) == .challenge)
    #expect(door.ask(cookies: renewed) == .pass(user: 1, isOurs: false))
  }

  @Test("leaves an application's own Authorization to it, and keeps ours")
  func authorization() async throws {
    let visited = try Visited()
    let door = visited.fixture.door()
    let cookie = try #require(cookie(try await door.decide(right)))
    for own in ["Bearer token", "Digest x", "Basic !"] {
      #expect(door.ask(own, cookies: cookie) == .pass(user: 1, isOurs: false))
    }
    for number in 0..<9 {
      let own = basic("api", "key \(number)")
      #expect(door.ask(own, cookies: cookie) == .pending)
      #expect(try await door.answer(to: door.ticket) == .pass(user: 1, isOurs: false))
      #expect(door.ask(own, cookies: cookie) == .pass(user: 1, isOurs: false))
    }
    // None of these was a guess.
    #expect(door.ask() == .challenge)
    #expect(door.ask(right, cookies: cookie) == .pass(user: 1, isOurs: true))
    guard case .pass(2, isOurs: true, .some) = try await decide(door, basic("bo", "battery staple"), cookie) else {
      Issue.record("whoever sends a password is that user")
      return
    }
  }

  private func decide(_ door: TestDoor, _ authorization: String, _ cookies: String) async throws -> AccessDecision {
    let decision = door.ask(authorization, cookies: cookies)
    return decision == .pending ? try await door.answer(to: door.ticket) : decision
  }

  @Test("is let in at a banned address: it is no guess")
  func banned() async throws {
    let visited = try Visited()
    let door = visited.fixture.door()
    let cookie = try #require(cookie(try await door.decide(right)))
    for number in 0..<5 { _ = try await door.decide(basic("anna", "wrong \(number)")) }
    guard case .wait = door.ask(right) else {
      Issue.record("not banned")
      return
    }
    #expect(door.ask(cookies: cookie) == .pass(user: 1, isOurs: false))
    #expect(door.ask("Bearer x", cookies: cookie) == .pass(user: 1, isOurs: false))
  }

  @Test(
    "asks a handshake, and a change on our own pages, where it comes from when the cookie alone opens",
    arguments: RequestSource.allCases)
  func forgery(source: RequestSource) async throws {
    let visited = try Visited()
    var app = route()
    app.target = .upstream(.tcp(host: "127.0.0.1", port: 1))
    let door = visited.fixture.door([route(), app])
    let cookie = try #require(cookie(try await door.decide(right)))
    let passed = AccessDecision.pass(user: 1, isOurs: false)
    let proven: AccessDecision = source == .same ? passed : .refuse
    for (route, isUpgrade, isSafe, expected) in [
      (0, false, true, passed), (0, false, false, proven), (1, false, false, passed), (1, true, true, proven),
      (0, true, true, proven),
    ] {
      let decision = door.ask(cookies: cookie, route: route, isUpgrade: isUpgrade) {
        $0.isSafe = isSafe
        $0.source = source
      }
      #expect(decision == expected, "\(route) \(isUpgrade) \(isSafe)")
    }
    // A password is proof enough where nothing says that another page had it sent.
    let decision = door.ask(right, cookies: cookie, isUpgrade: true) { $0.source = source }
    #expect(decision == (source == .other ? .refuse : .pass(user: 1, isOurs: true)))
  }

  @Test("says nothing on a public path, and nothing to a probe")
  func elsewhere() async throws {
    let visited = try Visited()
    let door = visited.fixture.door([route(public: [PublicPath(path: "/hook", isPrefix: false)])])
    let cookie = try #require(cookie(try await door.decide(right)))
    #expect(door.ask(cookies: cookie, target: "/hook") == .pass(user: nil, isOurs: false))
    let pass = visited.fixture.policy.issueProbePass()
    #expect(door.ask(basic(pass.user, pass.password)) == .pass(user: 0, isOurs: true))
  }

  @Test("does not take a browser that still sends the password of before for a guesser")
  func former() async throws {
    let visited = try Visited()
    let door = visited.fixture.door()
    _ = try await door.decide(right)
    let path = visited.fixture.folder.path + "/users"
    var file = try UserFile.load(path: path)
    try file.setPassword(SecretBytes("another one"), of: "anna", cost: 4)
    try file.save(path: path)
    visited.fixture.policy.reload()
    for _ in 0..<9 { #expect(try await door.decide(right) == .challenge) }
    #expect(door.user(try await door.decide(basic("anna", "another one"))) == "anna")
  }
}
