import Model
import Testing

@testable import Operations

@Suite("Commands that are waited for")
struct CommandRunTests {
  @Test(
    "The end of a command is told", arguments: [("exit 3", ProcessEnd.exited(status: 3)), ("kill -15 $$", .killed(signal: 15))])
  func end(_ script: String, _ end: ProcessEnd) async throws {
    let plan = ProcessPlan(command: ["sh", "-c", script], directory: "/")
    let seen = try await CommandRun.run(plan, limit: .seconds(20))
    #expect(seen == end)
  }

  @Test("A health check has its service's environment and directory")
  func check() async throws {
    try await TestStack.with { stack in
      let service = stack.service("a", "", ["COLOUR": "red"])
      let command = ["sh", "-c", "test $COLOUR = red && test $PWD = \(stack.folder) && exit 7"]
      let end = try await CommandRun.status(of: command, for: service)
      #expect(end == 7)
      await #expect(throws: CannotStart.self) { try await CommandRun.status(of: ["no-such-thing"], for: service) }
    }
  }

  @Test("Past its limit a command and what it started are killed")
  func limit() async throws {
    try await TestStack.with { stack in
      let plan = stack.plan(["sh", "-c", "trap '' TERM; sleep 1000 & sleep 1000"])
      let end = try await CommandRun.run(plan, limit: .milliseconds(200))
      #expect(end == .killed(signal: 9))
      try await eventually("nothing is left") { stack.members().isEmpty }
    }
  }

  @Test("Cancelled, a command is killed at once")
  func cancelled() async throws {
    try await TestStack.with { stack in
      let plan = stack.plan(["sleep", "1000"])
      let work = Task { try await CommandRun.run(plan, limit: .seconds(1000)) }
      try await eventually("it runs") { stack.members().count == 1 }
      work.cancel()
      await #expect(throws: CancellationError.self) { try await work.value }
      try await eventually("nothing is left") { stack.members().isEmpty }
    }
  }
}
