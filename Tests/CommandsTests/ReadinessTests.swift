import Model
import Testing

@testable import Commands

@Suite("When the services of a stack have settled")
struct ReadinessTests {
  static let table: [(service: ServiceStatus, waited: Double, pending: Bool, failed: Bool)] = [
    (.sample("x", .healthy), 0, false, false), (.sample("x", .missing), 0, false, false),
    (.sample("x", .starting), 500, true, false), (.sample("x", .stopped), 0, false, true),
    (.sample("x", .unhealthy), 14.9, true, false), (.sample("x", .unhealthy), 15, false, true),
    (.sample("x", .backingOff, restarts: 2), 10, true, false), (.sample("x", .backingOff, restarts: 3), 10, false, true),
    (.sample("x", .backingOff), 60, false, true), (.sample("x", .waiting), 1.9, true, false),
    (.sample("x", .waiting), 2, false, true),
  ]

  @Test("Each state has its verdict", arguments: table)
  func verdict(service: ServiceStatus, waited: Double, pending: Bool, failed: Bool) {
    let readiness = Readiness(.sample([service]), waited: waited)
    #expect(readiness.pending == (pending ? ["x"] : []))
    #expect(readiness.failed == (failed ? ["x"] : []))
    #expect(readiness.isSettled == !pending)
  }

  @Test("A service that waits may still come while another starts, and not when what it waits for failed")
  func waiting() {
    let hopeful = Readiness(.sample([.sample("a", .starting), .sample("b", .waiting)]), waited: 30)
    #expect(hopeful.pending == ["a", "b"])
    let hopeless = Readiness(.sample([.sample("a", .stopped), .sample("b", .waiting)]), waited: 30)
    #expect(hopeless.pending == [])
    #expect(hopeless.failed == ["a", "b"])
  }
}
