import Settings
import Testing

/// One wrong file and what is said about it.
struct WrongSettings: CustomTestStringConvertible {
  var title: String
  var text: String
  var problems: [String]
  var testDescription: String { title }

  /// Cases of the form: `== title`, the file, `--`, its problems.
  static func cases(_ table: String) -> [WrongSettings] {
    table.split(separator: "== ", omittingEmptySubsequences: true).map { part in
      let lines = part.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let end = lines.firstIndex(of: "--") ?? lines.endIndex
      let problems = lines[end...].dropFirst().filter { !$0.isEmpty }
      return WrongSettings(title: lines[0], text: lines[1..<end].map { $0 + "\n" }.joined(), problems: Array(problems))
    }
  }
}

@Suite("Problems of a settings file") struct SettingsProblemTests {
  static let cases = WrongSettings.cases(wrongFile) + WrongSettings.cases(wrongParts) + WrongSettings.cases(wrongServices)

  @Test("Every wrong file gets its own messages, in order of its lines", arguments: cases)
  func messages(wrong: WrongSettings) {
    let environment = ["SECRET": "geheim", "HOME": "/root"]
    let problems = problems(of: wrong.text, environment: environment)
    #expect(problems.map(\.description) == wrong.problems)
    #expect(problems.map(\.line) == problems.map(\.line).sorted())
    #expect(!problems.contains { $0.description.contains("geheim") }, "a message must not hold a secret")
  }

  @Test("The table is as long as it was meant to be, and no title stands twice")
  func table() {
    #expect(Self.cases.count >= 130)
    #expect(Set(Self.cases.map(\.title)).count == Self.cases.count)
    #expect(Self.cases.allSatisfy { !$0.problems.isEmpty })
  }

  @Test("A NUL byte is told with its line")
  func nul() {
    #expect(problems(of: Array("name: home\nrunner: au\0to\n".utf8)) == ["leanto.yaml:2: has a NUL byte: save it as UTF-8 text"])
  }

  @Test(
    "Bytes that are not UTF-8 are told with their line",
    arguments: [
      ([0xFF, 0xFE, 0x41], 1), (Array("a: 1\nb: caf".utf8) + [0xE9, 0x0A], 2), (Array("a: 1\n\n".utf8) + [0xC0, 0x80], 3),
      (Array("a: ".utf8) + [0xED, 0xA0, 0x80], 1), (Array("a: ".utf8) + [0xF0, 0x9F, 0x98], 1),
    ] as [([UInt8], Int)])
  func encoding(bytes: [UInt8], line: Int) {
    #expect(problems(of: bytes) == ["leanto.yaml:\(line): is not UTF-8 here: save it as UTF-8 text"])
  }

  @Test("A file of more than 1 MiB is refused, one of 1 MiB is read")
  func size() {
    let text = Array("name: home\n#".utf8)
    let most = text + Array(repeating: UInt8(ascii: "x"), count: 1024 * 1024 - text.count)
    #expect(problems(of: most) == [])
    #expect(problems(of: most + [0x78]) == ["leanto.yaml: is larger than 1MiB: that is no settings file"])
  }

  @Test("A value that its variables make huge is refused")
  func hugeVariable() {
    let environment = ["A": String(repeating: "x", count: 100_000)]
    let problems = problems(of: "name: \"\(String(repeating: "${A}", count: 11))\"\n", environment: environment)
    #expect(problems.map(\.description) == ["leanto.yaml:1: name: is longer than 1MiB with its variables filled in"])
  }

  @Test("A file of too many values is refused at the value that is too many")
  func values() {
    let text = "llm:\n  models:\n" + String(repeating: "    - a\n", count: 30_000)
    #expect(problems(of: text).map(\.description) == ["leanto.yaml:19998: has more than 20000 values: that is no settings file"])
  }

  @Test("Of very many problems the first hundred are told, and how many there are")
  func many() {
    let problems = problems(of: (1...500).map { "wrong\($0): 1\n" }.joined())
    #expect(problems.count == 101)
    #expect(problems.last?.description == "leanto.yaml: 400 more problems: mend these first")
  }

  @Test("More services than can be compared cheaply are a problem")
  func manyServices() {
    let text = "services:\n" + (1...1001).map { "  s\($0): { preset: n8n }\n" }.joined()
    #expect(problems(of: text).map(\.description) == ["leanto.yaml:1: services: should be at most 1000 services, not 1001"])
  }

  @Test("A long list of names is cut short")
  func manyNames() {
    let text = "services:\n" + (1...25).map { "  s\($0): { preset: n8n, after: [\($0 == 1 ? "nobody" : "")] }\n" }.joined()
    let known = (1...20).map { "s\($0)" }.joined(separator: ", ")
    #expect(problems(of: text).map(\.message) == ["should name a service, not \"nobody\"; known: \(known) and 5 more"])
  }

  @Test("Presets and their classes are those that are given")
  func presets() throws {
    let presets = KnownPresets(classes: ["wiki": ["pages"]])
    let text = Array("services: { a: { preset: wiki, public: [pages] } }".utf8)
    #expect(try SettingsFile.parse(text, file: "f", environment: [:], presets: presets).services.first?.preset == "wiki")
    let known = KnownPresets.builtIn.classes.keys.sorted().joined(separator: ", ")
    #expect(problems(of: text) == ["leanto.yaml:1: services.a.preset: should name a preset, not \"wiki\"; known: \(known)"])
  }
}

/// What is said about a file, which may be right.
func problems(of text: String, environment: [String: String] = [:]) -> [SettingsProblem] {
  do throws(SettingsProblems) {
    _ = try SettingsFile.parse(Array(text.utf8), file: "leanto.yaml", environment: environment)
    return []
  } catch {
    return error.problems
  }
}

func problems(of bytes: [UInt8]) -> [String] {
  do throws(SettingsProblems) {
    _ = try SettingsFile.parse(bytes, file: "leanto.yaml", environment: [:])
    return []
  } catch {
    return error.problems.map(\.description)
  }
}

func settings(_ text: String, environment: [String: String] = [:]) throws(SettingsProblems) -> StackSettings {
  try SettingsFile.parse(Array(text.utf8), file: "leanto.yaml", environment: environment)
}
