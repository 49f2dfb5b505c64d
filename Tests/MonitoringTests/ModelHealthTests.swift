import Testing

@testable import Monitoring

@Suite("The model's health")
struct ModelHealthTests {
  private func health(loaded: [String: Double] = ["m": 300]) -> ModelHealth {
    var health = ModelHealth()
    health.listed(wanted: "m", names: ["m", "other"], remaining: loaded)
    return health
  }

  @Test("A model that is not in memory is never asked to generate: that would load it")
  func notLoaded() {
    var health = health(loaded: ["other": 100])
    for minute in 0..<600 { #expect(health.next(model: "m", at: Double(minute) * 60) == .presence) }
  }

  @Test("While people get answers, nothing else is asked")
  func traffic() {
    var health = health()
    for second in stride(from: 0.0, to: 3600, by: 10) {
      health.answered(at: second)
      #expect(health.next(model: "m", at: second + 5) == .presence)
    }
  }

  @Test("A silent model is asked for one token, and so seldom that it leaves memory all the same")
  func silent() {
    var health = health()
    health.answered(at: 0)
    var asked: [Double] = []
    for second in stride(from: 0.0, to: 7200, by: 10) {
      if case .generation = health.next(model: "m", at: second) { asked.append(second) }
    }
    #expect(asked.first == 60)
    #expect(zip(asked, asked.dropFirst()).allSatisfy { $1 - $0 >= 2 * ModelHealth.usualKeepAlive })
  }

  @Test("A longer keep-alive makes it rarer still")
  func longKeepAlive() {
    var health = health(loaded: ["m": 3600])
    _ = health.next(model: "m", at: 100)
    #expect(health.next(model: "m", at: 100 + 7199) == .presence)
    #expect(health.next(model: "m", at: 100 + 7200) == .generation(model: "m"))
  }

  @Test("What is wrong is told until it is right again; late is not wrong")
  func problems() {
    var health = health()
    health.failed("timed out", isLate: true)
    #expect(health.problem == nil)
    health.isSilent("refused")
    #expect(health.problem == "the server does not answer: refused")
    health.listed(wanted: "m", names: ["m:latest"], remaining: [:])
    #expect(health.problem == nil)
    health.listed(wanted: "m", names: [], remaining: [:])
    #expect(health.problem == "the server no longer has m")
    health.failed("out of memory", isLate: false)
    health.listed(wanted: "m", names: ["m"], remaining: ["m": 1])
    #expect(health.problem == "it does not generate: out of memory", "a list does not prove that it generates")
    health.answered(at: 5)
    #expect(health.problem == nil)
  }
}
