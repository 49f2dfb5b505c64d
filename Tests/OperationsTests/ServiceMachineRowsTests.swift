import Model
import Testing

@testable import Operations

@Suite("Any row of events")
struct ServiceMachineRowsTests {
  private typealias Event = ServiceMachine.Event

  private let started: [Event] = [.wanted, .dependenciesBecameHealthy, .started(process: 7)]

  @Test("no row of events starts a second process while one of the first group runs")
  func neverTwice() {
    let all: [Event] =
      started + [
        .adopted(process: 8), .leftoverFound(process: 8), .couldNotStart("no"), .healthReported(.healthy, ""), .restartRequested,
        .ended(.unseen, lastLines: ""), .groupEmptied, .timePassed(wait: 1), .timePassed(wait: 2), .stopRequested,
      ]
    for _ in 0..<500 {
      var machine = ServiceMachine()
      for _ in 0..<30 {
        let before = machine.process
        let actions = machine.handle(all.randomElement()!, at: .zero)
        if before != nil { #expect(!actions.contains(.start)) }
        if machine.process == nil, before != nil { #expect([.stopped, .waiting, .backingOff].contains(machine.state)) }
      }
    }
  }
}
