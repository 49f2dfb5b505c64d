import Model
import Testing

@testable import Commands

@Suite("leanto down, restart and verify")
struct DownTests {
  @Test(
    "down without a daemon says so and is done",
    arguments: [(["down"], "was not running"), (["down", "--json"], "\"wasRunning\" : false")])
  func notRunning(words: [String], part: String) async {
    let world = World(words)
    world.environment.daemon.endLeftovers = { _ in [] }
    #expect(await world.run() == .done)
    #expect(world.output.value.contains(part))
  }

  /// The daemon's lock is held until `polls` questions were asked.
  private func held(_ world: World, polls: Int) {
    let left = Box(polls)
    let real = world.environment.files.lockHolder
    let lock = world.stack.daemonLock
    world.environment.files.lockHolder = { path in
      guard path == lock else { return real(path) }
      return left.change { count -> Int32? in
        count -= 1
        return count >= 0 ? 4321 : nil
      }
    }
  }

  @Test("down orders the daemon to stop and waits until its lock is free, with progress")
  func waits() async {
    let world = World(["down"])
    held(world, polls: 100)
    let stopped = Box(0)
    world.environment.daemon.stop = { _ in stopped.change { $0 += 1 } }
    #expect(await world.run() == .done)
    #expect(stopped.value == 1)
    #expect(world.output.value == "\(world.folder) is down\n")
    #expect(world.errors.value == "waiting for requests and services to end (2 s)\n")
  }

  @Test("down sends a signal where the control socket does not answer")
  func signal() async {
    let world = World(["down"])
    held(world, polls: 3)
    let terminated = Box<Int32>(0)
    world.environment.daemon.stop = { _ in throw CommandFailure(.failed, "no answer") }
    world.environment.daemon.terminate = { identifier in terminated.change { $0 = identifier } }
    #expect(await world.run() == .done)
    #expect(terminated.value == 4321)
  }

  @Test("down gives up after a bounded time and names the process")
  func patience() async {
    let world = World(["down"])
    held(world, polls: .max)
    world.environment.daemon.stop = { _ in }
    #expect(await world.run() == .failed)
    #expect(world.errors.value.hasSuffix("Try: kill -9 4321, then: leanto down\n"))
    #expect(world.time.value < 1130)
  }

  @Test(
    "restart restarts one service or all", arguments: [(["restart", "n8n"], "n8n"), (["restart"], nil)] as [([String], String?)])
  func restart(words: [String], name: String?) async {
    let world = World(words)
    world.statuses([.healthy])
    world.environment.daemon.restart = { _, service in RestartReport(restarted: service == name ? ["n8n"] : []) }
    #expect(await world.run() == .done)
    #expect(world.output.value == "Restarted   n8n\n")
  }

  @Test("restart knows the services' names")
  func restartUnknown() async {
    let world = World(["restart", "n8m"])
    world.statuses([.healthy])
    #expect(await world.run() == .failed)
    #expect(world.errors.value == "leanto: there is no service \"n8m\" (did you mean n8n?)\nTry: leanto status\n")
  }

  @Test("restart passes on what the daemon says against it, and prints JSON")
  func restartProblem() async {
    let world = World(["restart", "n8n"])
    world.statuses([.healthy])
    world.environment.daemon.restart = { _, _ in RestartReport(restarted: [], problem: "n8n runs elsewhere") }
    #expect(await world.run() == .failed)
    #expect(world.errors.value.hasPrefix("leanto: n8n runs elsewhere\n"))
    world.environment.arguments = ["restart", "--json"]
    world.environment.daemon.restart = { _, _ in RestartReport(restarted: ["n8n"]) }
    #expect(await world.run() == .done)
    #expect(world.output.value == "{\n  \"restarted\" : [\n    \"n8n\"\n  ]\n}\n")
  }

  @Test("down without a daemon ends and names what a killed one left")
  func leftovers() async {
    let world = World(["down"])
    world.environment.daemon.endLeftovers = { _ in ["n8n", "worker"] }
    #expect(await world.run() == .done)
    #expect(world.output.value == "\(world.folder) had no daemon; ended what it had left: n8n, worker\n")
  }

  @Test("restart and verify need the daemon", arguments: ["restart", "verify"])
  func needDaemon(verb: String) async {
    let world = World([verb])
    world.statuses([nil])
    #expect(await world.run() == .failed)
    #expect(world.errors.value == "leanto: \(world.folder) is not running\nTry: leanto up --stack \(world.folder)\n")
  }

  @Test("verify shows each proof, what to do where one failed, and counts them")
  func verify() async {
    let world = World(["verify"])
    world.statuses([.healthy])
    world.proofs([.proven, .failed, .skipped])
    #expect(await world.run() == .failed)
    #expect(
      world.output.value == """
        proven      basic auth: n8n
          sent      GET /n8n/ without credentials
          came back 401 with a challenge
        failed      stream
          sent      POST /v1/chat/completions with stream: true
          came back one piece after 3.1 s
          try       leanto logs model
        skipped     websocket: flowise
          because   the service has no path that echoes

        1 proven, 1 failed, 1 skipped

        """)
  }

  @Test(
    "verify is done when nothing failed, and fails when there was nothing to try",
    arguments: [([Proof.proven, .skipped], ExitCode.done), ([], .failed)])
  func verifyCode(proofs: [Proof], code: ExitCode) async {
    let world = World(["verify", "--json"])
    world.statuses([.healthy])
    world.proofs(proofs)
    #expect(await world.run() == code)
    #expect(world.output.value.contains("\"isProven\" : \(code == .done)"))
  }

  @Test("verify that cannot try at all fails with its reason")
  func verifyFails() async {
    let world = World(["verify"])
    world.statuses([.healthy])
    world.environment.verify = { _ in AsyncThrowingStream { throw CommandFailure(.failed, "the gateway refused") } }
    #expect(await world.run() == .failed)
    #expect(world.errors.value == "leanto: the gateway refused\n")
  }
}
