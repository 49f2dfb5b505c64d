import Model
import Testing

@testable import Commands

@Suite("leanto status")
struct StatusTests {
  @Test("What runs is shown in tables")
  func up() async {
    let world = World(["status"])
    world.statuses([
      .sample([
        .sample("n8n", .healthy), .sample("flowise", .missing, message: "its command is not installed: npm install -g flowise"),
        .sample("worker", .backingOff, restarts: 2),
      ])
    ])
    #expect(await world.run() == .done)
    #expect(
      world.output.value == """
        home is up for 5 min (leanto 1.2.3, process 4321)

        Gateway   Address                        For
        local     http://127.0.0.1:8080/leanto/  this machine
        tunnel    127.0.0.1:8081                 the tunnel's agent only
        internal  127.0.0.1:41234                the services themselves

        Service  State        Address                         Note
        n8n      healthy      http://127.0.0.1:8080/n8n/
        flowise  missing      http://127.0.0.1:8080/flowise/  its command is not
                                                              installed: npm install -g
                                                              flowise
        worker   backing-off  http://127.0.0.1:8080/worker/   restarted 2 times

        Model       gemma-3-270m (openai at http://127.0.0.1:9100), 78 tokens/s

        """)
  }

  @Test("What stops nothing, and should be known, is a note")
  func warnings() async {
    let world = World(["status"])
    var status = StackStatus.healthy
    status.warnings = ["3 batches of access records were lost, because the disk was too slow for them"]
    world.statuses([status])
    #expect(await world.run() == .done)
    #expect(
      world.output.value.hasSuffix(
        "\nNote        3 batches of access records were lost, because the disk was too slow\n            for them\n"))
  }

  @Test("A stack that is down is said to be down, with exit code 1 and the way up")
  func down() async {
    let world = World(["status"])
    world.statuses([nil])
    #expect(await world.run() == .failed)
    #expect(world.output.value == "\(world.folder) is not running.\nStart it: leanto up --stack \(world.folder)\n")
  }

  @Test("A daemon that holds the stack but does not answer is named")
  func silent() async throws {
    let world = World(["status"])
    world.statuses([nil])
    try LiveFiles.makeDirectory(world.stack.run, mode: 0o700)
    let release = try LiveLock.take(world.stack.daemonLock)
    defer { release() }
    #expect(await world.run() == .failed)
    #expect(world.output.value.contains("does not answer"))
  }

  @Test("As JSON, up and down")
  func json() async {
    let down = World(["status", "--json"])
    down.statuses([nil])
    #expect(await down.run() == .failed)
    #expect(down.output.value == "{\n  \"directory\" : \"\(down.folder)\",\n  \"isRunning\" : false\n}\n")

    let up = World(["--json", "status"])
    up.statuses([.healthy])
    #expect(await up.run() == .done)
    for part in ["\"isRunning\" : true", "\"state\" : \"healthy\"", "\"tokensPerSecond\" : 78.4", "\"kind\" : \"tunnel\""] {
      #expect(up.output.value.contains(part))
    }
  }

  @Test("Problems of settings that the daemon did not take are shown")
  func settingsProblems() async {
    let world = World(["status"])
    var status = StackStatus.healthy
    status.settingsProblems = ["leanto.yaml:3: name: should be a name"]
    world.statuses([status])
    #expect(await world.run() == .done)
    #expect(world.output.value.contains("  leanto.yaml:3: name: should be a name\n"))
  }

  @Test("Hosts of their own, services without a route and a stack without a local listener have an address, too")
  func addresses() {
    var service = ServiceStatus.sample("n8n", .healthy)
    service.at = "n8n.localhost"
    var status = StackStatus.sample([service], model: nil)
    #expect(StatusText(status: status, style: .plain).services.contains("http://n8n.localhost:8080\n"))
    status.services[0].at = ""
    #expect(StatusText(status: status, style: .plain).services.contains("  127.0.0.1:5678\n"))
    status.listeners = []
    status.services[0].at = "/n8n/"
    #expect(StatusText(status: status, style: .plain).services.contains("  127.0.0.1:5678\n"))
    #expect(StatusText.frontPage(status) == nil)
    #expect(StatusText(status: status, style: .plain).model == "Model       none found: leanto doctor says why\n")
    status.services = []
    #expect(StatusText(status: status, style: .plain).services == "No services: leanto.yaml names none.\n")
  }

  @Test(
    "Durations and speeds are rounded for people",
    arguments: [(0.0, "0 s"), (119, "119 s"), (-5, "0 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"), (172_800, "2 days")])
  func durations(seconds: Double, text: String) {
    #expect(StatusText.duration(seconds) == text)
  }

  @Test(
    "Speeds keep one digit below ten",
    arguments: [(0.0, "0.0"), (3.14159, "3.1"), (9.99, "10.0"), (78.4, "78"), (.nan, "?"), (.infinity, "?"), (-1, "?")])
  func speeds(number: Double, text: String) {
    #expect(StatusText.rounded(number) == text)
  }
}
