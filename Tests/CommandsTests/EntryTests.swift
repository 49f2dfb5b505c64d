import Model
import Settings
import Testing

@testable import Commands

@Suite("The program's edges")
struct EntryTests {
  @Test("Wrong usage ends with 2 and says where to read on")
  func wrongUsage() async {
    let world = World(["stauts"])
    #expect(await world.run() == .wrongUsage)
    #expect(world.errors.value == "leanto: there is no verb \"stauts\" (did you mean status?)\nSee: leanto --help\n")
    #expect(world.output.value == "")
  }

  @Test("Verbs whose output is no facts refuse --json", arguments: [["logs"], ["serve"], ["completions", "bash"], ["manual"]])
  func noJSON(words: [String]) async {
    let world = World(words + ["--json"])
    #expect(await world.run() == .wrongUsage)
    #expect(world.errors.value.hasPrefix("leanto: \(words[0])"))
    #expect(world.errors.value.contains("has no --json"))
  }

  @Test("version, in words and as JSON", arguments: [["version"], ["--version"]])
  func version(words: [String]) async {
    let world = World(words)
    #expect(await world.run() == .done)
    #expect(world.output.value == "leanto 1.2.3\nSwift 6.3\n")
  }

  @Test("version names the commit where it is known")
  func commit() async {
    let world = World(["version", "--json"])
    world.environment.build.commit = "abc1234"
    #expect(await world.run() == .done)
    #expect(world.output.value == "{\n  \"commit\" : \"abc1234\",\n  \"swift\" : \"6.3\",\n  \"version\" : \"1.2.3\"\n}\n")
    #expect(VersionReport(version: "1", swift: "6", commit: "abc").text(.plain) == "leanto 1 (commit abc)\nSwift 6\n")
  }

  @Test(
    "completions and manual print what the parser derives",
    arguments: [
      (["completions", "bash"], "complete -F _leanto leanto"), (["completions", "zsh"], "#compdef leanto"),
      (["completions", "fish"], "complete -c leanto"), (["manual"], ".TH LEANTO 1"),
    ])
  func derived(words: [String], part: String) async {
    let world = World(words)
    #expect(await world.run() == .done)
    #expect(world.output.value.contains(part))
  }

  @Test("serve runs the daemon on the stack and ends as it ends")
  func serve() async {
    let world = World(["serve"])
    let folder = world.folder
    world.environment.daemon.run = { stack, build in stack.path == folder && build.version == "1.2.3" ? .busy : .failed }
    #expect(await world.run() == .busy)
  }

  @Test("An error of a kind that nobody expected is told, with exit code 1")
  func strange() async {
    struct Strange: Error, CustomStringConvertible { var description: String { "the moon is full" } }
    let world = World(["serve"])
    world.environment.daemon.run = { _, _ in throw Strange() }
    #expect(await world.run() == .failed)
    #expect(world.errors.value == "leanto: the moon is full\n")
  }

  @Test(
    "Colour is used on a terminal only, and never with NO_COLOR",
    arguments: [(true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false), (true, ["NO_COLOR": ""], true)]
      as [(Bool, [String: String], Bool)])
  func colour(isTerminal: Bool, variables: [String: String], expected: Bool) async {
    let world = World(["check"])
    world.settings()
    world.environment.terminal.outputIsTerminal = isTerminal
    world.environment.variables = variables
    #expect(await world.run() == .done)
    #expect(world.output.value.contains("\u{1B}[32mOK\u{1B}[0m") == expected)
    #expect(world.output.value.contains("\u{1B}") == expected)
  }

  @Test(
    "A word for the shell is quoted when it must be",
    arguments: [("/a/b-c_1.x:y", "/a/b-c_1.x:y"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("", "''"), ("$x", "'$x'")])
  func quoting(word: String, quoted: String) {
    #expect(shellQuoted(word) == quoted)
  }
}
