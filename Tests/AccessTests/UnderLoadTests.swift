import Model
import Testing

@testable import Access

@Suite("The door under load", .serialized, .timeLimit(.minutes(2)))
struct UnderLoadTests {
  @Test("a burst of wrong passwords never keeps a cached right one waiting")
  func burst() async throws {
    let fixture = try Fixture(cost: 8)
    let door = fixture.door()
    let right = basic("anna", "correct horse")
    #expect(try await door.decide(right, client: 9) == .pass(user: 1, isOurs: true))
    var pending: [UInt64] = []
    for number in 0..<200 {
      switch door.ask(basic("anna", "wrong \(number)"), client: 1) {
      case .pending: pending.append(door.ticket)
      case .busy: break
      case let other: Issue.record("\(other)")
      }
      #expect(door.ask(right, client: 9) == .pass(user: 1, isOurs: true))
    }
    #expect(pending.count >= 64 && pending.count < 200)
    for ticket in pending { #expect(try await door.answer(to: ticket) == .challenge) }
  }

  @Test("a burst of wrong passwords delays a new right one of somebody else by what is hashed already, and no more")
  func newcomer() async throws {
    let fixture = try Fixture(cost: 8, threads: 1)
    let door = fixture.door()
    var burst: [UInt64] = []
    for number in 0..<65 {
      if door.ask(basic("anna", "wrong \(number)"), client: 1) == .pending { burst.append(door.ticket) }
    }
    #expect(try await door.decide(basic("anna", "correct horse"), client: 2) == .pass(user: 1, isOurs: true))
    // The thread may have finished some before the newcomer came, and the first of the burst has its turn before him.
    let unanswered = burst.count { door.answered($0) == nil }
    #expect(unanswered > 32)
    // One of the burst made room for him.
    for ticket in burst { #expect([.challenge, .busy].contains(try await door.answer(to: ticket))) }
  }

  @Test("a door that is stopped is busy instead of silent")
  func stopped() throws {
    let fixture = try Fixture()
    let door = fixture.door()
    fixture.policy.stop()
    #expect(door.ask(basic("anna", "correct horse")) == .busy)
    #expect(door.ask() == .challenge)
  }

  @Test("many loops ask at once while users come and go")
  func concurrent() async throws {
    let fixture = try Fixture(["anna": "correct horse", "bo": "battery staple"])
    let texts = [userLines(["anna": "correct horse"]), userLines(["anna": "correct horse", "bo": "battery staple"])]
    await withTaskGroup(of: Void.self) { group in
      for loop in 0..<4 {
        group.addTask {
          let door = fixture.door()
          for round in 0..<150 {
            let name = round % 3 == 0 ? "bo" : "anna"
            let password = round % 5 == 0 ? "wrong \(loop) \(round)" : name == "bo" ? "battery staple" : "correct horse"
            let decision = try? await door.decide(basic(name, password), client: UInt64(loop))
            if round % 5 == 0 { #expect(decision == .challenge) }
            if case .pass = decision { #expect(decision.flatMap(door.user) == name) }
          }
        }
      }
      group.addTask {
        for round in 0..<30 {
          _ = try? fixture.folder.write(texts[round % 2], to: "users")
          _ = fixture.policy.reloadIfChanged()
          _ = fixture.policy.issueProbePass()
          try? await Task.sleep(for: .milliseconds(2))
        }
      }
    }
    fixture.policy.reload()
    #expect(try await fixture.door().decide(basic("bo", "battery staple")) == .pass(user: 2, isOurs: true))
  }

  @Test("known and unknown users take the same time")
  func timing() async throws {
    let fixture = try Fixture(["anna": "correct horse"], cost: 8, threads: 1)
    let door = fixture.door()
    var (known, unknown): ([Duration], [Duration]) = ([], [])
    for round in 0..<31 {
      known.append(try await time(door, "anna", round))
      unknown.append(try await time(door, "eve\(round)", round))
    }
    let ratio = median(known) / median(unknown)
    #expect((0.6...1.67).contains(ratio), "a known user takes \(ratio) times as long")
  }

  private func time(_ door: TestDoor, _ name: String, _ round: Int) async throws -> Duration {
    let start = ContinuousClock.now
    #expect(try await door.decide(basic(name, "wrong \(round)")) == .challenge)
    return start.duration(to: .now)
  }

  private func median(_ times: [Duration]) -> Duration { times.sorted()[times.count / 2] }
}
