import Model
import Testing

@testable import Access

@Suite("How often a key may be used")
struct KeyRateTests {
  @Test(
    "is read as it is written",
    arguments: [
      ("60/min", KeyRate(count: 60, unit: .minute)), ("1/s", KeyRate(count: 1, unit: .second)),
      ("1000000/d", KeyRate(count: 1_000_000, unit: .day)), ("5/h", KeyRate(count: 5, unit: .hour)), ("0/s", nil), ("60", nil),
      ("60/", nil), ("/min", nil), ("60/week", nil), ("-1/s", nil), ("+1/s", nil), ("1/s/s", nil), ("1000001/s", nil),
      ("6 0/s", nil), ("", nil), ("٣/s", nil),
    ])
  func written(text: String, rate: KeyRate?) {
    #expect(KeyRate(text) == rate)
    if let rate { #expect(rate.description == text) }
  }

  @Test("is so many at once, and then one each share of the time")
  func bucket() {
    let meter = KeyMeter(KeyRate(count: 3, unit: .minute))
    let start: UInt64 = 50_000_000_000
    let second: UInt64 = 1_000_000_000
    for _ in 0..<3 { #expect(meter.take(at: start) == nil) }
    #expect(meter.take(at: start) == 20)
    // A refusal costs nothing.
    #expect(meter.take(at: start + second / 2) == 20)
    #expect(meter.take(at: start + 19 * second + 1) == 1)
    #expect(meter.take(at: start + 20 * second) == nil)
    #expect(meter.take(at: start + 20 * second) == 20)
    // After a pause it is three again, and not more.
    for _ in 0..<3 { #expect(meter.take(at: start + 1000 * second) == nil) }
    #expect(meter.take(at: start + 1000 * second) == 20)
  }

  @Test("holds for all who use the key at once")
  func concurrent() async {
    let meter = KeyMeter(KeyRate(count: 500, unit: .day))
    let taken = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 { group.addTask { (0..<200).count { _ in meter.take(at: 7) == nil } } }
      return await group.reduce(0, +)
    }
    #expect(taken == 500)
  }
}

extension KeyTests {
  @Test("waits when it is used too often, at every door together, and a change of another key is no fresh start")
  func rate() throws {
    let keyed = try Keyed()
    let (one, two) = (keyed.fixture.door(keyed.routes), keyed.fixture.door(keyed.routes))
    let key = try keyed.add("ci", rate: "3/h")
    #expect(one.user(one.ask("Bearer \(key)")) == "key:ci")
    #expect(two.user(two.ask(key: key)) == "key:ci")
    _ = try keyed.add("other")
    #expect(one.user(one.ask("Bearer \(key)")) == "key:ci")
    for decision in [one.ask("Bearer \(key)"), two.ask(key: key), two.ask("Bearer \(key)")] {
      guard case .wait(let seconds) = decision else {
        Issue.record("\(decision)")
        return
      }
      #expect((1100...1200).contains(seconds))
    }
    // What it may not do anyway does not count, and a public path asks for nothing.
    let reader = try keyed.add("reader", verbs: ["GET"], rate: "1/h")
    for _ in 0..<3 { #expect(one.ask("Bearer \(reader)") { $0.verb = .post } == .refuse) }
    #expect(one.user(one.ask("Bearer \(reader)") { $0.verb = .get }) == "key:reader")
    #expect(one.ask("Bearer \(key)", target: "/hook", route: 1) == .pass(user: nil, isOurs: true))
  }

  @Test("opens the model's gate, on every listener, where nothing else does")
  func gate() async throws {
    let keyed = try Keyed()
    let gate = Route(service: "llm", prefix: "/llm/", stripsPrefix: true, target: .model, authentication: .none)
    let door = keyed.fixture.door([gate] + keyed.routes)
    let key = try keyed.add("lap", for: "llm", models: ["a", "b:1"])
    let (all, other) = (try keyed.add("all", for: "llm"), try keyed.add("other"))
    let user = await keyed.fixture.cookie(door)
    for listener in ListenerKind.allCases {
      #expect(door.user(door.ask("Bearer \(key)", listener: listener)) == "key:lap")
      #expect(door.user(door.ask(key: key, listener: listener)) == "key:lap")
      for decision in [
        door.ask(listener: listener), door.ask(basic("anna", "correct horse"), listener: listener),
        door.ask(cookies: user, listener: listener), door.ask("Bearer sk-x", listener: listener),
        door.ask(key: "sk-x", listener: listener), door.ask("Bearer \(key)x", listener: listener),
        door.ask("Basic \(key)", listener: listener), door.ask(key, listener: listener),
      ] { #expect(decision == .challenge) }
      #expect(door.ask("Bearer \(other)", listener: listener) == .refuse)
      // Exactly one.
      for second in [key, "sk-x"] { #expect(door.ask("Bearer \(key)", key: second, listener: listener) == .malformed) }
    }
    #expect(door.ask("Bearer \(key)", route: 1) == .refuse)
    guard case .pass(let lap?, true, nil) = door.ask("Bearer \(key)"), case .pass(let any?, true, nil) = door.ask("Bearer \(all)")
    else {
      Issue.record("a key of the gate does not pass")
      return
    }
    #expect(door.models(lap) == ["a", "b:1"] && door.models(any) == nil)
  }

  @Test("counts the tokens of each key, over a restart")
  func tokens() throws {
    let keyed = try Keyed()
    let path = keyed.fixture.folder.path + "/used"
    let key = try keyed.add("lap", for: "llm")
    let policy = keyed.fixture.policy
    policy.noteTokens(of: "key:lap", prompt: 10, generated: 20)
    policy.noteTokens(of: "key:lap", prompt: 1, generated: 2)
    for nobody in ["anna", "key:none", "lap"] { policy.noteTokens(of: nobody, prompt: 5, generated: 5) }
    #expect(policy.keepKeyUses(path: path) == nil)
    let shown = String(key.prefix(APIKey.shown))
    #expect(KeyUses.load(path: path) == [shown: KeyUse(promptTokens: 11, generatedTokens: 22)])
    let later = try Keyed()
    later.fixture.policy.restoreKeyUses(path: path)
    later.fixture.policy.noteTokens(of: "key:lap", prompt: 1, generated: 1)
    #expect(KeyUses.load(path: path)[shown]?.generatedTokens == 22)
  }

  @Test("of a proof lives in memory for a while, also while the file changes")
  func probeKey() throws {
    let keyed = try Keyed()
    let gate = Route(service: "llm", prefix: "/llm/", target: .model)
    let door = keyed.fixture.door([gate])
    let key = keyed.fixture.policy.issueProbeKey(for: "llm")
    #expect(door.user(door.ask("Bearer \(key)")) == "leanto-verify")
    _ = try keyed.add("other")
    #expect(door.user(door.ask("Bearer \(key)")) == "leanto-verify")
    keyed.time.withLock { $0 += 61 }
    #expect(door.ask("Bearer \(key)") == .challenge)
    #expect(!String(decoding: try KeyFile.load(path: keyed.path).bytes, as: UTF8.self).contains(key.prefix(APIKey.shown)))
  }
}

extension Fixture {
  /// Of a session that has just begun.
  func cookie(_ door: TestDoor) async -> String {
    guard
      case .signedIn(let field) = await policy.signIn(
        name: "anna", password: "correct horse", client: "192.0.2.9", isSecure: false)
    else { return "" }
    return String(String(decoding: field, as: UTF8.self).prefix { $0 != ";" })
  }
}
