import Model
import Settings
import Testing

@testable import Commands

@Suite("leanto logs")
struct LogsTests {
  @Test("All services with their names, without the access log and older parts")
  func all() async {
    let world = World(["logs"])
    world.add("logs/n8n.log", "one\ntwo\r\n")
    world.add("logs/leanto.log", "started\n")
    world.add("logs/n8n.log.1", "older\n")
    world.add("logs/access.log", "GET /\n")
    #expect(await world.run() == .done)
    #expect(world.output.value == "leanto | started\nn8n    | older\nn8n    | one\nn8n    | two\n")
  }

  @Test(
    "One service without its name, as many lines as asked for",
    arguments: [("0", ""), ("1", "c\n"), ("2", "b\nc\n"), ("9", "a\nb\nc\n")])
  func one(count: String, expected: String) async {
    let world = World(["logs", "-n", count, "n8n"])
    world.add("logs/n8n.log", "a\nb\nc\nunfinished")
    #expect(await world.run() == .done)
    #expect(world.output.value == expected)
  }

  @Test("The last lines of a long log are found from its end")
  func long() throws {
    let world = World()
    world.add("logs/x.log", (1...50_000).map { "line number \($0)\n" }.joined())
    let tail = try LogTail.lastLines(20_000, of: world.stack.log(service: "x"), .live)
    #expect(tail.lines.count == 20_000)
    #expect(tail.lines.first == "line number 30001")
    #expect(tail.lines.last == "line number 50000")
    #expect(try LogTail.lastLines(3, of: world.stack.log(service: "x"), .live).lines.count == 3)
  }

  @Test("Bytes that are no text are shown as far as they can be")
  func noText() {
    #expect(LogTail.split([0xFF, 0x41, 0x0A, 0x0A, 0x42]).lines == ["\u{FFFD}A", ""])
    #expect(LogTail.split([0xFF, 0x41, 0x0A, 0x0A, 0x42]).partial == [0x42])
    #expect(LogTail.split([]).lines == [])
  }

  @Test("A service of the settings that has written nothing yet is no mistake; an unknown one is, with the nearest")
  func names() async {
    let world = World(["logs", "flowise"])
    var settings = StackSettings()
    settings.services = [ServiceSettings(name: "flowise")]
    world.settings(settings)
    #expect(await world.run() == .done)
    #expect(world.output.value == "")
    world.environment.arguments = ["logs", "flowsie"]
    #expect(await world.run() == .failed)
    #expect(world.errors.value == "leanto: there is no service \"flowsie\" (did you mean flowise?)\nTry: leanto status\n")
  }

  @Test("Logs can be read while the settings are broken")
  func broken() async {
    let world = World(["logs", "n8n"])
    world.add("logs/n8n.log", "a\n")
    world.problems([])
    #expect(await world.run() == .done)
    #expect(world.output.value == "a\n")
  }

  @Test("A stack that never ran has no logs")
  func none() async {
    let world = World(["logs"])
    #expect(await world.run() == .done)
    #expect(world.output.value == "")
  }

  @Test("Following goes on with whole lines, over a turned-over log and a cut one")
  func follow() async {
    let world = World(["logs", "-f", "-n", "1", "n8n"])
    world.add("logs/n8n.log", "old\nlast\nhalf")
    let steps = Box<[@Sendable (World) throws -> Void]>([
      { $0.append("logs/n8n.log", " is whole now\nand ") },
      { world in
        world.append("logs/n8n.log", "the rest\n")
        try LiveFiles.rename(world.stack.log(service: "n8n"), world.stack.log(service: "n8n") + ".1")
        world.append("logs/n8n.log", "new file\n")
      },
      { $0.cut("logs/n8n.log", "cut\n") },
      { _ in },
    ])
    world.environment.clock.sleep = { [weak world] _ in
      guard let world, let step = steps.change({ $0.isEmpty ? nil : $0.removeFirst() }) else { throw CancellationError() }
      try step(world)
    }
    _ = await world.run()
    #expect(world.output.value == "last\nhalf is whole now\nand the rest\nnew file\ncut\n")
  }

  @Test("Following a service that has not written yet shows its first line")
  func followLater() async {
    let world = World(["logs", "-f", "leanto"])
    let steps = Box(2)
    world.environment.clock.sleep = { [weak world] _ in
      if steps.change({
        $0 -= 1; return $0
      }) < 0 {
        throw CancellationError()
      }
      world?.append("logs/leanto.log", "x\n")
    }
    world.settings()
    _ = await world.run()
    #expect(world.output.value == "x\nx\n")
  }
}

extension FileAccess {
  static var live: FileAccess { LiveFiles.access() }
}
