package import Model

/// Decides the life of one service. Past-tense events go in, actions for others to carry out come out; nothing is done here.
///
///     stopped -> waiting -> launching -> running -> ending -> stopped | waiting | backing off -> waiting
///
/// A service is over when its whole process group is: until then it is `ending`, whatever became of its first process.
package struct ServiceMachine: Sendable {
  package enum Event: Sendable, Hashable {
    case wanted
    case dependenciesAwaited([String])
    case dependenciesBecameHealthy
    case started(process: Int32)
    /// A running process of an earlier daemon was taken over.
    case adopted(process: Int32)
    /// A process of an earlier daemon was found that must not go on. Zero: only others that came of it.
    case leftoverFound(process: Int32)
    /// Somebody else started it anew.
    case startedElsewhere
    case couldNotStart(String)
    case healthReported(HealthReport.Health, String)
    case ended(ProcessEnd, lastLines: String)
    case groupEmptied
    /// The wait with this number is over; an older one means nothing.
    case timePassed(wait: Int)
    case restartRequested
    case stopRequested
  }

  package enum Action: Sendable, Hashable {
    case start
    case watchHealth
    /// SIGTERM to everything that belongs to the service.
    case terminateGroup
    /// SIGKILL to everything that belongs to the service.
    case killGroup
    /// Say `groupEmptied` as soon as nothing of it runs any more.
    case awaitEmptyGroup
    case wait(Duration, number: Int)
  }

  enum Goal: Sendable, Hashable { case stop, startAgain, backOff(uptime: Duration) }

  enum Phase: Sendable, Hashable {
    case stopped, waiting, launching, backingOff
    case running(process: Int32, since: Duration, HealthReport.Health)
    case ending(process: Int32, Goal)
    /// Runs elsewhere; is only watched.
    case elsewhere(HealthReport.Health)
    case missing
  }

  private(set) var phase = Phase.stopped
  package private(set) var message = ""
  package private(set) var restarts = 0
  var backOff: BackOff
  /// Between SIGTERM and SIGKILL.
  var stopTime: Duration
  private var wait = 0

  init(backOff: BackOff = BackOff(), stopTime: Duration = .seconds(10)) {
    self.backOff = backOff
    self.stopTime = stopTime
  }

  /// `now`: a monotonic time. `chance`: a random number in 0..<1, for the jitter.
  mutating func handle(_ event: Event, at now: Duration, chance: Double = 0.5) -> [Action] {
    switch (phase, event) {
    case (.stopped, .wanted), (.backingOff, .restartRequested), (.stopped, .restartRequested):
      backOff.reset()
      return enter(.waiting)
    case (.waiting, .dependenciesAwaited(let names)):
      message = "waits for \(names.joined(separator: ", "))"
      return []
    case (.waiting, .dependenciesBecameHealthy): return enter(.launching, [.start])
    case (.launching, .started(let process)), (.stopped, .adopted(let process)):
      return enter(.running(process: process, since: now, .starting), [.watchHealth])
    case (.stopped, .leftoverFound(let process)): return end(process, .stop)
    case (.launching, .couldNotStart(let reason)): return startLater(uptime: .zero, reason, chance)
    case (.backingOff, .timePassed(wait)):
      restarts += 1
      return enter(.waiting)
    case (.running(let process, let since, _), _): return whileRunning(event, process, since, now)
    case (.ending(let process, let goal), _): return whileEnding(event, process, goal, chance)
    case (.waiting, .stopRequested), (.backingOff, .stopRequested), (.launching, .stopRequested): return enter(.stopped)
    case (.elsewhere, .healthReported(let health, let reason)): return enter(.elsewhere(health), message: reason)
    case (.elsewhere, .startedElsewhere): return enter(.elsewhere(.starting), [.watchHealth])
    default: return []
    }
  }

  /// For a service that is no process of ours.
  mutating func watchElsewhere() -> [Action] { enter(.elsewhere(.starting), [.watchHealth]) }

  mutating func miss(_ command: String, _ remedy: String) {
    _ = enter(.missing, message: "\(command) is not installed: \(remedy)")
  }

  /// Nothing is waited for any more between SIGTERM and SIGKILL.
  mutating func hurry() -> [Action] {
    stopTime = .zero
    return isEnding ? [.killGroup] + newWait(.seconds(1)) : []
  }

  private mutating func whileRunning(_ event: Event, _ process: Int32, _ since: Duration, _ now: Duration) -> [Action] {
    switch event {
    case .healthReported(let health, let reason):
      return enter(.running(process: process, since: since, health), message: health == .healthy ? "" : reason)
    case .ended(let end, let lastLines):
      let uptime = now - since
      let actions = self.end(process, .backOff(uptime: uptime)) + [.awaitEmptyGroup]
      message = Self.sentence(end, uptime, lastLines)
      return actions
    case .stopRequested: return self.end(process, .stop)
    case .restartRequested:
      backOff.reset()
      return self.end(process, .startAgain)
    default: return []
    }
  }

  private mutating func whileEnding(_ event: Event, _ process: Int32, _ goal: Goal, _ chance: Double) -> [Action] {
    switch event {
    case .ended: return [.awaitEmptyGroup]
    case .timePassed(wait): return [.killGroup] + newWait(.seconds(1))
    case .stopRequested: return keepEnding(process, .stop)
    case .wanted where goal == .stop, .restartRequested: return keepEnding(process, .startAgain)
    case .groupEmptied:
      switch goal {
      case .stop: return enter(.stopped)
      case .startAgain:
        restarts += 1
        return enter(.waiting)
      case .backOff(let uptime): return startLater(uptime: uptime, message, chance)
      }
    default: return []
    }
  }

  private mutating func end(_ process: Int32, _ goal: Goal) -> [Action] {
    enter(.ending(process: process, goal), [.terminateGroup]) + newWait(stopTime)
  }

  private mutating func keepEnding(_ process: Int32, _ goal: Goal) -> [Action] {
    phase = .ending(process: process, goal)
    message = ""
    return []
  }

  private mutating func startLater(uptime: Duration, _ reason: String, _ chance: Double) -> [Action] {
    let time = backOff.wait(afterUptime: uptime, chance: chance)
    return enter(.backingOff, message: "\(reason); the next try is in \(Self.seconds(time))") + newWait(time)
  }

  private mutating func enter(_ phase: Phase, message: String = "", _ actions: [Action] = []) -> [Action] {
    self.phase = phase
    self.message = message
    return actions
  }

  private mutating func enter(_ phase: Phase, _ actions: [Action]) -> [Action] { enter(phase, message: "", actions) }

  private mutating func newWait(_ time: Duration) -> [Action] {
    wait += 1
    return [.wait(time, number: wait)]
  }

  private static func sentence(_ end: ProcessEnd, _ uptime: Duration, _ lastLines: String) -> String {
    let start = "\(end.sentence) after \(seconds(uptime))"
    return lastLines.isEmpty ? start : "\(start), saying \"\(lastLines)\""
  }

  private static func seconds(_ time: Duration) -> String {
    let tenths = Int(time / .milliseconds(100))
    return tenths >= 100 || tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }
}

extension ServiceMachine {
  package var state: ServiceState {
    switch phase {
    case .stopped: .stopped
    case .waiting: .waiting
    case .launching: .starting
    case .running(_, _, let health), .elsewhere(let health): Self.state(health)
    case .ending(_, .stop): .stopped
    case .ending(_, .startAgain): .starting
    case .ending(_, .backOff), .backingOff: .backingOff
    case .missing: .missing
    }
  }

  /// The first process of the service while it runs.
  package var process: Int32? {
    switch phase {
    case .running(let process, _, _), .ending(let process, _): process > 0 ? process : nil
    default: nil
    }
  }

  /// Whether nothing of it runs and nothing will without being asked.
  var isAtRest: Bool { phase == .stopped || phase == .missing || isElsewhere }
  var isElsewhere: Bool { if case .elsewhere = phase { true } else { false } }
  /// Whether it ends and is not to come back.
  var isStopping: Bool { if case .ending(_, .stop) = phase { true } else { false } }
  var isWatchable: Bool { if case .running = phase { true } else { isElsewhere } }
  var isEnding: Bool { if case .ending = phase { true } else { false } }

  private static func state(_ health: HealthReport.Health) -> ServiceState {
    switch health {
    case .starting: .starting
    case .healthy: .healthy
    case .unhealthy: .unhealthy
    }
  }
}
