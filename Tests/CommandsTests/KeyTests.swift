import Model
import Settings
import Testing

@testable import Commands

@Suite("leanto key")
struct KeyTests {
  private func world(_ words: [String]) -> World {
    let world = World(["key"] + words)
    world.environment.loadSettings = { (_, _) throws(SettingsProblems) in
      var settings = StackSettings()
      settings.services = [ServiceSettings(name: "n8n"), ServiceSettings(name: "notes")]
      return settings
    }
    return world
  }

  @Test("add shows the key once, and passes on what it may do")
  func add() async {
    let world = world(["add", "ci", "--for", "n8n", "--verbs", "post,GET,GET", "--expires", "90d"])
    world.environment.keys.add = { _, name, scope in
      #expect(
        name == "ci" && scope == KeyScope(service: "n8n", verbs: ["GET", "POST"], expires: 1000 + 90 * 86_400))
      return "leanto_the-key"
    }
    #expect(await world.run() == .done)
    #expect(world.output.value == "ci: added for n8n\n\n  leanto_the-key\n\nThis is the only time that it is shown.\n")
  }

  @Test(
    "add takes nothing that it does not understand",
    arguments: [
      (["add", "ci"], ExitCode.wrongUsage, "--for"), (["add", "c i", "--for", "n8n"], .wrongUsage, "letters"),
      (["add", "ci", "--for", "n8"], .failed, "n8n"), (["add", "ci", "--for", "llm"], .failed, "not exposed"),
      (["add", "ci", "--for", "n8n", "--verbs", "STEAL"], .wrongUsage, "--verbs"),
      (["add", "ci", "--for", "n8n", "--expires", "soon"], .wrongUsage, "--expires"),
      (["add", "ci", "--for", "n8n", "--expires", "0d"], .wrongUsage, "--expires"),
      (["add", "ci", "--for", "n8n", "--rate", "60"], .wrongUsage, "--rate"),
      (["add", "ci", "--for", "n8n", "--rate", "0/min"], .wrongUsage, "--rate"),
      (["add", "ci", "--for", "n8n", "--models", "gemma3"], .wrongUsage, "--for llm"),
    ])
  func wrong(words: [String], code: ExitCode, text: String) async {
    let world = world(words)
    #expect(await world.run() == code)
    #expect(world.errors.value.contains(text), "\(world.errors.value)")
  }

  @Test("add makes a key for the model where it is exposed")
  func model() async {
    let world = world(["add", "lap", "--for", "llm", "--rate", "60/min", "--models", "gemma3:270m,a/b.c:d"])
    world.environment.loadSettings = { (_, _) throws(SettingsProblems) in
      var settings = StackSettings()
      settings.llm.expose = .keys
      return settings
    }
    world.environment.keys.add = { _, _, scope in
      #expect(
        scope
          == KeyScope(
            service: "llm", rate: KeyRate(count: 60, unit: .minute), models: ["gemma3:270m", "a/b.c:d"]))
      return "leanto_the-key"
    }
    #expect(await world.run() == .done)
  }

  @Test("add does not replace a key")
  func taken() async {
    let world = world(["add", "ci", "--for", "n8n"])
    world.environment.keys.add = { _, _, _ in nil }
    #expect(await world.run() == .failed)
    #expect(world.errors.value.contains("leanto key revoke ci"))
  }

  @Test("list shows beginnings, scopes, ends and uses, and no key")
  func list() async {
    let world = world(["list"])
    world.environment.keys.list = { _ in
      [
        KeyFacts(
          name: "ci", begins: "leanto_abcdefgh", service: "n8n", verbs: ["GET"], expires: 1000 + 7200, made: 0, lastUsed: 880,
          rate: "60/min"),
        KeyFacts(
          name: "lap", begins: "leanto_mnopqrst", service: "llm", verbs: [], expires: nil, made: 0, lastUsed: 999,
          models: ["a:1"], promptTokens: 12, generatedTokens: 345),
        KeyFacts(name: "old", begins: "leanto_ijklmnop", service: "notes", verbs: [], expires: 999, made: 0, lastUsed: nil),
        KeyFacts(name: "ever", begins: "leanto_qrstuvwx", service: "notes", verbs: [], expires: nil, made: 0, lastUsed: 999),
      ]
    }
    #expect(await world.run() == .done)
    let lines = world.output.value.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
    #expect(
      lines == [
        "Key Begins For May Ends Last used Tokens", "ci leanto_abcdefgh... n8n GET 60/min in 2 h 2 min ago -",
        "lap leanto_mnopqrst... llm (a:1) all never 1 s ago 12+345", "old leanto_ijklmnop... notes all over never -",
        "ever leanto_qrstuvwx... notes all never 1 s ago -",
      ])
    world.environment.keys.list = { _ in [] }
    #expect(await world.run() == .done)
    #expect(world.output.value.hasSuffix("No program has a key. Make one: leanto key add NAME --for SERVICE\n"))
  }

  @Test("revoke takes a key away, and knows those that there are")
  func revoke() async {
    let world = world(["revoke", "ci"])
    world.environment.keys.revoke = { _, name in name == "ci" }
    #expect(await world.run() == .done)
    #expect(world.output.value == "ci: revoked\n")
    world.environment.keys.revoke = { _, _ in false }
    world.environment.keys.list = { _ in [] }
    #expect(await world.run() == .failed)
    #expect(world.errors.value.contains("leanto key list"))
  }
}
