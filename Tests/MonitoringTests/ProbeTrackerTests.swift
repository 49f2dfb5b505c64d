import Model
import Testing

@testable import Monitoring

@Suite("What probes amount to")
struct ProbeTrackerTests {
  /// p: passed, f: failed, u: unknown. Told after each: s(tarting), h(ealthy), d(own).
  private func states(_ results: String, downAfter: Int = 3, upAfter: Int = 2, graceProbes: Int = 5) -> String {
    var tracker = ProbeTracker(downAfter: downAfter, upAfter: upAfter, grace: .seconds(graceProbes))
    var states = ""
    for (second, result) in results.enumerated() {
      let results: [Character: ProbeResult] = ["p": .passed, "f": .failed("answered 502"), "u": .unknown("no network")]
      tracker.record(results[result]!, sinceStart: .seconds(second))
      let letters: [HealthReport.Health: String] = [.starting: "s", .healthy: "h", .unhealthy: "d"]
      states += letters[tracker.health]!
    }
    return states
  }

  @Test(
    "n in a row both ways; a start counts differently; what could not be checked counts as nothing",
    arguments: [
      ("p", "h"), ("ffp", "ssh"), ("fffffff", "sssssdd"), ("fffffffpp", "sssssdddh"),
      ("pff", "hhh"), ("pfff", "hhhd"), ("pffpff", "hhhhhh"), ("pfpfpfpf", "hhhhhhhh"),
      ("pfffp", "hhhdd"), ("pfffpp", "hhhddh"), ("pfffpfpp", "hhhddddh"),
      ("uuuuuuuu", "ssssssss"), ("puuuuu", "hhhhhh"), ("pffuf", "hhhhd"), ("pfffpup", "hhhdddh"),
    ])
  func rows(results: String, expected: String) {
    #expect(states(results) == expected)
  }

  @Test("a threshold of zero is one")
  func zero() {
    #expect(states("pfp", downAfter: 0, upAfter: 0) == "hdh")
  }

  @Test("says why, and how long a start took, and nothing when all is well")
  func messages() {
    var tracker = ProbeTracker(downAfter: 1, upAfter: 1, grace: .seconds(60))
    tracker.record(.failed("answered 502 instead of 200 at /healthz"), sinceStart: .seconds(1))
    #expect(tracker.message == "answered 502 instead of 200 at /healthz")
    let change1 = tracker.record(.failed("does not answer"), sinceStart: .seconds(61))
    #expect(change1)
    #expect(tracker.message == "does not answer, 60 s after its start")
    tracker.record(.unknown("the network is down"), sinceStart: .seconds(62))
    #expect(tracker.message == "could not be checked: the network is down")
    let change2 = tracker.record(.passed, sinceStart: .seconds(63))
    #expect(change2)
    #expect(tracker.message == "")
    let change3 = tracker.record(.passed, sinceStart: .seconds(64))
    #expect(!change3)
  }

  @Test("any order of results leaves an unhealthy service only after so many passes, and a healthy one after so many failures")
  func property() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let results = (0..<60).map { _ in "ppffu".randomElement(using: &generator)! }
      let states = Array(self.states("p" + String(results)))
      for index in 1..<states.count where states[index] != states[index - 1] {
        let row = ("p" + String(results)).prefix(index + 1).filter { $0 != "u" }.suffix(states[index] == "d" ? 3 : 2)
        #expect(Set(row) == [states[index] == "d" ? "f" : "p"])
      }
    }
  }
}

@Suite("When to probe")
struct ProbeScheduleTests {
  private let schedule = ProbeSchedule(interval: .seconds(10))

  @Test("often at first while starting, then less, never past the interval")
  func starting() {
    let waits = (1...40).map { schedule.wait(isStarting: true, count: $0, chance: 0.5) }
    #expect(waits[0] == .milliseconds(250) * 1.25 || waits[0] == .milliseconds(250))
    #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(waits.last == .seconds(10))
    #expect(waits.prefix(8).reduce(.zero, +) < .seconds(8))
  }

  @Test("at the interval with a tenth of jitter, and never sooner than the time-out", arguments: [0.0, 0.25, 0.5, 0.999])
  func jitter(chance: Double) {
    let wait = schedule.wait(isStarting: false, count: 9, chance: chance)
    #expect(wait >= .seconds(9) && wait <= .seconds(11))
    #expect(schedule.timeout < wait)
  }

  @Test("a time-out is shorter than the interval", arguments: [0.2, 1, 10, 60, 3600])
  func timeout(seconds: Double) {
    let schedule = ProbeSchedule(interval: .seconds(seconds))
    #expect(schedule.timeout < schedule.interval)
    #expect(schedule.whileStarting <= schedule.interval)
  }
}
