package import Model

/// Watches services: probes when it is asked to, remembers what the probes amounted to, and says when to ask again.
package actor Prober {
  package struct Rules: Sendable, Hashable {
    package var schedule: ProbeSchedule
    package var downAfter: Int
    package var upAfter: Int

    package init(schedule: ProbeSchedule, downAfter: Int = 3, upAfter: Int = 2) {
      self.schedule = schedule
      self.downAfter = downAfter
      self.upAfter = upAfter
    }
  }

  /// Without a health check a service counts as healthy once it has lived this long: one that exits at once never does.
  static let longEnoughAlive = Duration.seconds(1)

  private var rules: Rules
  private let probes: Probes
  private let chance: @Sendable () -> Double
  private var trackers: [String: ProbeTracker] = [:]
  private var inFlight: Set<String> = []

  /// `chance`: numbers in 0..<1 for the jitter.
  package init(
    rules: Rules, probes: Probes, chance: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.rules = rules
    self.probes = probes
    self.chance = chance
  }

  /// For a reload of the settings: holds from the next question on.
  package func use(_ rules: Rules) { self.rules = rules }

  /// Probes once and reports. Two questions about one service at the same time lead to one probe.
  package func report(_ question: HealthQuestion) async -> HealthReport {
    let name = question.service.name
    if question.isFirst { trackers[name] = nil }
    if question.service.health == .none { return aliveReport(question) }
    guard inFlight.insert(name).inserted else { return busyReport(name) }
    let clock = SuspendingClock()
    let began = clock.now
    let result = await probes.probe(question.service, timeout: rules.schedule.timeout)
    inFlight.remove(name)
    let tracker = recorded(result, question, took: clock.now - began)
    let wait = rules.schedule.wait(isStarting: tracker.health == .starting, count: tracker.count, chance: chance())
    let left = wait - (clock.now - began)
    return HealthReport(health: tracker.health, message: tracker.message, next: max(left, rules.schedule.whileStarting))
  }

  private func recorded(_ result: ProbeResult, _ question: HealthQuestion, took: Duration) -> ProbeTracker {
    let name = question.service.name
    let grace = Duration.seconds(question.service.startSeconds)
    var tracker = trackers[name] ?? ProbeTracker(downAfter: rules.downAfter, upAfter: rules.upAfter, grace: grace)
    (tracker.downAfter, tracker.upAfter, tracker.grace) = (max(1, rules.downAfter), max(1, rules.upAfter), grace)
    tracker.record(result, sinceStart: question.sinceStart + took)
    trackers[name] = tracker
    return tracker
  }

  private func aliveReport(_ question: HealthQuestion) -> HealthReport {
    let missing = Self.longEnoughAlive - question.sinceStart
    return missing > .zero ? HealthReport(health: .starting, next: missing) : HealthReport(health: .healthy, next: nil)
  }

  private func busyReport(_ name: String) -> HealthReport {
    let tracker = trackers[name]
    return HealthReport(
      health: tracker?.health ?? .starting, message: tracker?.message ?? "", next: rules.schedule.whileStarting)
  }
}
