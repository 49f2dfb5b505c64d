import Model
import Settings
import Testing

@testable import Access

@Suite("Signing in by the page", .timeLimit(.minutes(2)))
struct SignInPolicyTests {
  private func policy(_ mode: AccessSettings.SignIn = .both, session: Double? = 3600) throws -> Fixture {
    let fixture = try Fixture()
    var settings = AccessSettings()
    settings.signIn = mode
    settings.session = session
    fixture.policy.use(settings)
    _ = fixture.policy.loadSessionKeys(path: fixture.folder.path + "/session-key")
    return fixture
  }

  private func cookie(_ result: SignInResult) -> String? {
    guard case .signedIn(let field) = result else { return nil }
    return String(String(decoding: field, as: UTF8.self).prefix { $0 != ";" })
  }

  @Test("gives the same cookie as Basic Auth does, and none for what is wrong")
  func signIn() async throws {
    let fixture = try policy()
    let result = await fixture.policy.signIn(name: "anna", password: "correct horse", client: "192.0.2.1", isSecure: false)
    #expect(fixture.door().ask(cookies: try #require(cookie(result))) == .pass(user: 1, isOurs: false))
    for (name, password) in [("anna", "wrong"), ("eve", "correct horse"), ("", ""), ("anna:correct", "horse"), ("anna", "")] {
      #expect(await fixture.policy.signIn(name: name, password: password, client: "192.0.2.2", isSecure: false) == .wrong)
    }
    // Those were five.
    guard
      case .wait(590...600) = await fixture.policy.signIn(
        name: "anna", password: "correct horse", client: "192.0.2.2", isSecure: false)
    else {
      Issue.record("not throttled")
      return
    }
    let pass = fixture.policy.issueProbePass()
    #expect(await fixture.policy.signIn(name: pass.user, password: pass.password, client: "::1", isSecure: true) == .wrong)
  }

  @Test("counts a burst exactly, as the door does")
  func burst() async throws {
    let fixture = try policy()
    let results = await withTaskGroup(of: SignInResult.self) { group in
      for number in 0..<30 {
        group.addTask {
          await fixture.policy.signIn(name: "anna", password: "wrong \(number)", client: "192.0.2.1", isSecure: true)
        }
      }
      return await group.reduce(into: [SignInResult]()) { $0.append($1) }
    }
    #expect(results.count { $0 == .wrong } == 5)
  }

  @Test("is of no use without sessions")
  func without() async throws {
    let fixture = try policy(.page, session: nil)
    #expect(await fixture.policy.signIn(name: "anna", password: "correct horse", client: "::1", isSecure: true) == .unavailable)
    #expect(fixture.door().ask { $0.sender = .person } == .challenge)
  }

  @Test("ends a session for everybody who holds its cookie, over a restart, and no other session")
  func signOut() async throws {
    let fixture = try policy()
    let time = Lock<UInt32>(1_800_000_000)
    let folder = fixture.folder.path
    func make() -> AccessPolicy {
      let policy = AccessPolicy(usersFile: folder + "/users", wallClock: { time.withLock { $0 } })
      policy.use(AccessSettings())
      policy.reload()
      #expect(policy.loadSessionKeys(path: folder + "/session-key") == nil)
      #expect(policy.restoreEndedSessions(path: folder + "/ended") == nil)
      return policy
    }
    let policy = make()
    let door = TestDoor(policy, [route()])
    let first = try #require(cookie(await policy.signIn(name: "anna", password: "correct horse", client: "::1", isSecure: false)))
    time.withLock { $0 += 1 }
    let second = try #require(
      cookie(await policy.signIn(name: "anna", password: "correct horse", client: "::1", isSecure: false)))
    #expect(door.ask(cookies: first) == .pass(user: 1, isOurs: false))
    let out = policy.signOut(cookies: "a=b; \(first)", isSecure: false, keptAt: folder + "/ended")
    #expect(String(decoding: out.cookie, as: UTF8.self) == "leanto-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
    #expect(out.problem == nil && fixture.folder.mode(of: "ended") == 0o600)
    for door in [door, TestDoor(make(), [route()])] {
      #expect(door.ask(cookies: first) == .challenge)
      #expect(door.ask(cookies: second) == .pass(user: 1, isOurs: false))
    }
    _ = policy.signOut(cookies: "leanto-session=rubbish", isSecure: false, keptAt: folder + "/ended")
    #expect(policy.signOut(cookies: second, isSecure: false, keptAt: folder + "/none/ended").problem != nil)
    #expect(door.ask(cookies: second) == .challenge)
  }

  @Test(
    "is what a person is asked for, and nobody else",
    arguments: [
      (.basic, .program, .challenge), (.basic, .person, .challenge), (.basic, .page, .challenge), (.page, .program, .challenge),
      (.page, .person, .signIn), (.page, .page, .challengeQuietly), (.both, .program, .challenge), (.both, .person, .challenge),
      (.both, .page, .challenge),
    ] as [(AccessSettings.SignIn, RequestSender, AccessDecision)])
  func asked(mode: AccessSettings.SignIn, sender: RequestSender, decision: AccessDecision) async throws {
    let door = try policy(mode).door()
    #expect(door.ask { $0.sender = sender } == decision)
    // The pages themselves are open to all, to the byte.
    for target in ["/leanto/login", "/leanto/login?to=%2Fx", "/leanto/logout"] {
      #expect(door.ask(target: target) { $0.sender = sender } == .pass(user: nil, isOurs: false))
    }
    for target in ["/leanto/login/", "/leanto/loginx", "/leanto//login", "/leanto/%6Cogin", "/leanto/x/../login"] {
      #expect(door.ask(target: target) { $0.sender = sender } == decision)
    }
  }
}
