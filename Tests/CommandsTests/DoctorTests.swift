import Model
import Operations
import Settings
import Testing

@testable import Commands

@Suite("leanto doctor")
struct DoctorTests {
  static let fine = Finding("disk", .ok, "There is room.")
  static let open = Finding(
    "secrets", .problem, "users can be read by others.", commands: ["chmod 600 users"], fix: .mode(path: "users", mode: 0o600))
  static let old = Finding("docker", .warning, "Docker is old.", commands: ["upgrade it"])

  private func world(_ words: [String], _ findings: [Finding], settings: StackSettings = StackSettings()) -> World {
    let world = World(["doctor"] + words)
    world.settings(settings)
    world.statuses([nil])
    world.environment.doctor.examine = { _ in findings }
    return world
  }

  @Test("Problems come first, each with its commands, and fail; what is fine is only counted")
  func problems() async {
    let world = world([], [Self.fine, Self.old, Self.open])
    #expect(await world.run() == .failed)
    #expect(
      world.output.value == """
        problem  secrets: users can be read by others.
                 > chmod 600 users
        warning  docker: Docker is old.
                 > upgrade it

        1 problem, 1 warning, 1 checks without any.

        """)
  }

  @Test("Warnings alone do not fail, and a sound machine says so in a line")
  func sound() async {
    #expect(await world([], [Self.fine, Self.old]).run() == .done)
    let sound = world([], [Self.fine])
    #expect(await sound.run() == .done && sound.output.value == "All is well: 1 checks, no problem, no warning.\n")
    let all = world(["--all"], [Self.fine])
    #expect(await all.run() == .done && all.output.value.hasPrefix("ok       disk: There is room."))
  }

  @Test("--json has every finding, also those that are fine")
  func json() async {
    let world = world(["--json"], [Self.fine, Self.open])
    #expect(await world.run() == .failed)
    #expect(world.output.value.contains("\"check\" : \"disk\"") && world.output.value.contains("\"problems\" : 1"))
  }

  @Test(
    "--fix asks before each change, does what is answered with yes, and looks again",
    arguments: [("y", true), ("no", false), ("", false)])
  func fix(answer: String, isDone: Bool) async {
    let world = world(["--fix"], [])
    let fixed = Box<[Finding.Fix]>([])
    world.environment.doctor.examine = { _ in fixed.value.isEmpty ? [Self.open] : [Self.fine] }
    world.environment.doctor.fix = { fix in fixed.change { $0.append(fix) } }
    world.environment.terminal.inputIsTerminal = true
    world.input.change { $0 = [answer] }
    #expect(await world.run() == (isDone ? .done : .failed))
    #expect(world.errors.value == "Shall I set the mode of users to 600? [y/N] ")
    #expect(fixed.value == (isDone ? [.mode(path: "users", mode: 0o600)] : []))
    #expect(world.output.value.contains("Done: set the mode") == isDone)
  }

  @Test("Without a terminal nobody can be asked, so nothing is changed")
  func noTerminal() async {
    let world = world(["--fix"], [Self.open])
    #expect(await world.run() == .wrongUsage)
  }

  @Test("What the doctor knows of a stack comes from its settings; addresses that the stack has are not looked at")
  func plan() async throws {
    var settings = StackSettings()
    var n8n = ServiceSettings(name: "n8n")
    n8n.preset = "n8n"
    var worker = ServiceSettings(name: "worker")
    (worker.command, worker.data) = (["x"], ["files"])
    worker.limits.memory = 100 << 20
    settings.services = [n8n, worker]
    settings.llm.models = ["gemma3:270m"]
    let world = world([], [], settings: settings)
    world.add("files/x", "")
    let plan = Box<DoctorPlan?>(nil)
    world.environment.doctor.examine = { seen in
      plan.change { $0 = seen }
      return [Self.fine]
    }
    #expect(await world.run() == .done)
    let seen = try #require(plan.value)
    #expect(seen.listeners.map(\.key) == ["gateway.local", "gateway.tunnel"] && seen.containers == .wherePossible)
    #expect(seen.memory == 612 << 20 && seen.dataFolders == [world.folder + "/files"])
    #expect(seen.keys.map(\.secret) == ["n8n-encryption-key"] && seen.models == ["gemma3:270m"])
    world.statuses([.healthy])
    #expect(await world.run() == .done)
    #expect(plan.value?.listeners == [] && plan.value?.internalPort == 41234)
  }
}
