import Model
import Testing

@testable import Operations

/// A machine to be told events within an expectation.
@dynamicMemberLookup
final class Life {
  private var machine: ServiceMachine

  init(stopTime: Duration = .seconds(10)) { machine = ServiceMachine(stopTime: stopTime) }

  subscript<Value>(dynamicMember path: KeyPath<ServiceMachine, Value>) -> Value { machine[keyPath: path] }

  func handle(_ event: ServiceMachine.Event, at now: Duration) -> [ServiceMachine.Action] { machine.handle(event, at: now) }
  func watchElsewhere() -> [ServiceMachine.Action] { machine.watchElsewhere() }
  func miss(_ command: String, _ remedy: String) { machine.miss(command, remedy) }
}

@Suite("The life of a service")
struct ServiceMachineTests {
  typealias Event = ServiceMachine.Event

  /// A machine that was told `events`, one a second. The stop time is 5 s, waits before a start are 1 s to 60 s.
  static func machine(_ events: [Event]) -> Life {
    let machine = Life(stopTime: .seconds(5))
    for (index, event) in events.enumerated() { _ = machine.handle(event, at: .seconds(index)) }
    return machine
  }

  static let running: [Event] = [.wanted, .dependenciesBecameHealthy, .started(process: 7)]
  static let backingOff: [Event] = [.wanted, .dependenciesBecameHealthy, .couldNotStart("cannot start")]
  static let ended = Event.ended(.exited(status: 3), lastLines: "no model")

  @Test("It starts once its dependencies are healthy, and is watched once it runs")
  func start() {
    let machine = Life()
    #expect(machine.state == .stopped)
    #expect(machine.handle(.wanted, at: .zero).isEmpty)
    #expect(machine.handle(.dependenciesAwaited(["database", "model"]), at: .zero).isEmpty)
    #expect(machine.state == .waiting && machine.message == "waits for database, model")
    #expect(machine.handle(.dependenciesBecameHealthy, at: .zero) == [.start])
    #expect(machine.state == .starting && machine.message == "" && machine.process == nil)
    #expect(machine.handle(.started(process: 7), at: .zero) == [.watchHealth])
    #expect(machine.state == .starting && machine.process == 7)
  }

  @Test("Health is what the watch reports, with its reason as long as it is not healthy")
  func health() {
    let machine = Self.machine(Self.running)
    for (health, state) in [
      (HealthReport.Health.starting, ServiceState.starting), (.unhealthy, .unhealthy), (.healthy, .healthy),
      (.unhealthy, .unhealthy),
    ] {
      #expect(machine.handle(.healthReported(health, "answered 502"), at: .zero).isEmpty)
      #expect(machine.state == state && machine.message == (state == .healthy ? "" : "answered 502"))
    }
    #expect(machine.restarts == 0)
  }

  @Test("After its end the rest of its group is ended first, then it waits, then it starts again")
  func endsByItself() {
    let machine = Self.machine(Self.running)
    #expect(machine.handle(Self.ended, at: .seconds(4)) == [.terminateGroup, .wait(.seconds(5), number: 1), .awaitEmptyGroup])
    #expect(machine.state == .backingOff && machine.process == 7)
    #expect(machine.handle(.groupEmptied, at: .seconds(4)) == [.wait(.seconds(1), number: 2)])
    #expect(machine.message == "ended with status 3 after 2 s, saying \"no model\"; the next try is in 1 s")
    #expect(machine.process == nil && machine.restarts == 0)
    #expect(machine.handle(.timePassed(wait: 1), at: .seconds(5)).isEmpty, "the time to kill is over with the group")
    #expect(machine.state == .backingOff)
    #expect(machine.handle(.timePassed(wait: 2), at: .seconds(5)).isEmpty)
    #expect(machine.state == .waiting && machine.restarts == 1)
    #expect(machine.handle(.dependenciesBecameHealthy, at: .seconds(5)) == [.start])
  }

  @Test("What cannot start is tried again later, and says why")
  func cannotStart() {
    let machine = Self.machine(Self.backingOff)
    #expect(machine.state == .backingOff)
    #expect(machine.message == "cannot start; the next try is in 1 s")
  }

  @Test("Waits double from 1 s to 60 s as long as no run lasts a minute, then begin anew")
  func waits() {
    let machine = Self.machine(Self.running)
    var now = Duration.seconds(100)
    func waitAfter(_ uptime: Duration) -> Duration? {
      now += uptime
      let actions = machine.handle(Self.ended, at: now) + machine.handle(.groupEmptied, at: now)
      guard case .wait(let time, let number)? = actions.last else { return nil }
      now += time
      for event in [Event.timePassed(wait: number), .dependenciesBecameHealthy, .started(process: 7)] {
        _ = machine.handle(event, at: now)
      }
      return time
    }
    _ = waitAfter(.seconds(100))
    let waits = (0..<7).map { _ in waitAfter(.seconds(59)) }
    #expect(waits == [2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
    #expect(waitAfter(.seconds(60)) == .seconds(1))
    #expect(machine.restarts == 9)
  }

  @Test("Stopped, it gets its stop time between SIGTERM and SIGKILL, then SIGKILL every second until nothing is left")
  func stop() {
    let machine = Self.machine(Self.running)
    #expect(machine.handle(.stopRequested, at: .zero) == [.terminateGroup, .wait(.seconds(5), number: 1)])
    #expect(machine.state == .stopped && machine.isStopping && !machine.isAtRest && machine.process == 7)
    #expect(machine.handle(.timePassed(wait: 1), at: .zero) == [.killGroup, .wait(.seconds(1), number: 2)])
    #expect(machine.handle(.timePassed(wait: 1), at: .zero).isEmpty)
    #expect(machine.handle(.timePassed(wait: 2), at: .zero) == [.killGroup, .wait(.seconds(1), number: 3)])
    #expect(machine.handle(.ended(.killed(signal: 9), lastLines: ""), at: .zero) == [.awaitEmptyGroup])
    #expect(!machine.isAtRest)
    #expect(machine.handle(.groupEmptied, at: .zero).isEmpty)
    #expect(machine.isAtRest && machine.process == nil && machine.restarts == 0)
  }

  @Test("Restarted, it ends and starts again at once, as often as it is asked, and its waits begin anew")
  func restart() {
    let machine = Self.machine(Self.running)
    #expect(machine.handle(.restartRequested, at: .zero) == [.terminateGroup, .wait(.seconds(5), number: 1)])
    #expect(machine.state == .starting)
    #expect(machine.handle(.restartRequested, at: .zero).isEmpty)
    #expect(machine.handle(Self.ended, at: .zero) == [.awaitEmptyGroup])
    #expect(machine.handle(.groupEmptied, at: .zero).isEmpty)
    #expect(machine.state == .waiting && machine.restarts == 1)
  }

  /// Events after which it ends, what is asked meanwhile, and the state that follows when nothing is left of it.
  static let turns: [([Event], Event, ServiceState)] = [
    ([.stopRequested], .wanted, .waiting), ([.stopRequested], .restartRequested, .waiting),
    ([.stopRequested], .stopRequested, .stopped), ([.restartRequested], .stopRequested, .stopped),
    ([.restartRequested], .wanted, .waiting), ([ended], .stopRequested, .stopped), ([ended], .restartRequested, .waiting),
    ([ended], .wanted, .backingOff), ([.stopRequested], .healthReported(.healthy, ""), .stopped),
    ([.stopRequested], .dependenciesBecameHealthy, .stopped), ([ended], .healthReported(.healthy, ""), .backingOff),
  ]

  @Test("What is asked while it ends counts when nothing is left of it", arguments: turns)
  func turn(_ before: [Event], _ asked: Event, _ after: ServiceState) {
    let machine = Self.machine(Self.running + before + [asked])
    #expect(machine.isEnding)
    _ = machine.handle(.groupEmptied, at: .zero)
    #expect(machine.state == after)
  }

  static let rests: [([Event], Event, ServiceState)] = [
    ([.wanted], .stopRequested, .stopped), (backingOff, .stopRequested, .stopped), (backingOff, .restartRequested, .waiting),
    ([], .restartRequested, .waiting), ([], .stopRequested, .stopped), ([.wanted], .restartRequested, .waiting),
    (backingOff, .wanted, .backingOff), (backingOff, .dependenciesBecameHealthy, .backingOff),
  ]

  @Test("Where nothing runs, a request changes the state at once", arguments: rests)
  func rest(_ before: [Event], _ asked: Event, _ after: ServiceState) {
    let machine = Self.machine(before)
    #expect(machine.handle(asked, at: .zero).isEmpty)
    #expect(machine.state == after)
  }

  /// Events that mean nothing in a state: late answers, ends of what is over.
  static let strays: [Event] = [
    .groupEmptied, .timePassed(wait: 99), ended, .started(process: 9), .couldNotStart("no"), .dependenciesAwaited(["x"]),
    .healthReported(.healthy, ""), .adopted(process: 9), .leftoverFound(process: 9),
  ]

  @Test("A stray event changes nothing where it means nothing", arguments: strays)
  func stray(_ event: Event) {
    let asleep = Self.machine(Self.backingOff)
    let (state, message) = (asleep.state, asleep.message)
    #expect(asleep.handle(event, at: .zero).isEmpty)
    #expect(asleep.state == state && asleep.message == message && asleep.restarts == 0)
    guard event != Self.ended, event != .healthReported(.healthy, "") else { return }
    let awake = Self.machine(Self.running)
    #expect(awake.handle(event, at: .zero).isEmpty)
    #expect(awake.state == .starting && awake.process == 7)
  }

  @Test("An adopted process is watched from the start and ends like any other, only that nobody knows how")
  func adopted() {
    let machine = Life()
    #expect(machine.handle(.adopted(process: 8), at: .zero) == [.watchHealth])
    #expect(machine.state == .starting && machine.process == 8)
    #expect(machine.handle(.ended(.unseen, lastLines: ""), at: .seconds(90)).contains(.awaitEmptyGroup))
    _ = machine.handle(.groupEmptied, at: .seconds(90))
    #expect(machine.message == "ended after 90 s; the next try is in 1 s")
  }

  @Test("A leftover is ended, and started anew where it is wanted")
  func leftover() {
    let machine = Life(stopTime: .seconds(5))
    #expect(machine.handle(.leftoverFound(process: 8), at: .zero) == [.terminateGroup, .wait(.seconds(5), number: 1)])
    #expect(machine.isStopping && machine.process == 8)
    _ = machine.handle(.wanted, at: .zero)
    #expect(!machine.isStopping)
    _ = machine.handle(.groupEmptied, at: .zero)
    #expect(machine.state == .waiting)
    let headless = Life()
    _ = headless.handle(.leftoverFound(process: 0), at: .zero)
    #expect(headless.isStopping && headless.process == nil)
  }

  @Test("What runs elsewhere is only watched; what is missing says how to get it")
  func noProcess() {
    let machine = Life()
    #expect(machine.watchElsewhere() == [.watchHealth])
    _ = machine.handle(.healthReported(.unhealthy, "does not answer"), at: .zero)
    #expect(machine.state == .unhealthy && machine.message == "does not answer" && machine.isAtRest && machine.isWatchable)
    for event in [Event.restartRequested, .stopRequested, .wanted] { #expect(machine.handle(event, at: .zero).isEmpty) }
    machine.miss("n8n", "npm install -g n8n")
    #expect(machine.state == .missing && machine.message == "n8n is not installed: npm install -g n8n" && machine.isAtRest)
  }

  @Test(
    "The end is told in words",
    arguments: [
      (ProcessEnd.exited(status: 0), "ended with status 0"), (.killed(signal: 15), "was ended by signal 15"),
      (.killed(signal: 9), "was killed by signal 9 (when nobody did that, memory may have run out)"), (.unseen, "ended"),
    ])
  func words(_ end: ProcessEnd, _ sentence: String) {
    let machine = Self.machine(Self.running)
    _ = machine.handle(.ended(end, lastLines: ""), at: .seconds(2) + .milliseconds(340))
    #expect(machine.message == "\(sentence) after 0.3 s")
  }
}
