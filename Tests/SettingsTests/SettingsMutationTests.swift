import FoundationEssentials
import Settings
import Testing

/// A trap while settings are read is an outage: a broken file must be a list of problems, whatever is in it.
@Suite("Settings files of noise") struct SettingsMutationTests {
  @Test("Changed at random, the example is read or refused, with every problem inside the file", arguments: 0..<8)
  func mutations(seed: UInt64) throws {
    let example = Array(try String(contentsOfFile: ExampleSettingsTests.path, encoding: .utf8).utf8)
    var random = SplitMix(state: seed)
    for _ in 0..<100 {
      var bytes = example
      for _ in 0..<Int.random(in: 1...6, using: &random) { mutate(&bytes, &random) }
      let lines = bytes.count { $0 == 0x0A } + 1
      do throws(SettingsProblems) {
        _ = try SettingsFile.parse(bytes, file: "f", environment: ["A": "b"])
      } catch {
        #expect(!error.problems.isEmpty)
        #expect(error.problems.allSatisfy { (0...lines + 1).contains($0.line) && !$0.message.isEmpty })
      }
    }
  }

  @Test("Pieces of YAML in any order are read or refused", arguments: 0..<8)
  func pieces(seed: UInt64) {
    let pieces = [
      "services", "gateway", "alerts", "channels", "routes", "a", ":", ": ", "\n", "\n  ", "\n    ", "- ", "{", "}", "[", "]",
      ",", "\"", "'",
      "&a ", "*a", "!x ", "|\n", ">\n", "#", "---\n", "...\n", "? ", "\t", "${", "}", "$$", "~", "off", "/", "/a/", "unix:", "%",
      "@", "\u{FEFF}",
      "health", "public", "after", "preset", "n8n", "99999999999", "<<: ", "\\", "\r\n", "\u{85}", "\u{2028}", "\u{1F600}",
    ]
    var random = SplitMix(state: seed &+ 1000)
    for _ in 0..<400 {
      let text = (0..<Int.random(in: 1...40, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      let problems = problems(of: text)
      #expect(problems.allSatisfy { $0.line >= 0 && !$0.message.isEmpty })
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    let from = Int.random(in: 0..<bytes.count, using: &random)
    let to = min(bytes.count, from + Int.random(in: 1...30, using: &random))
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes[from] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes[from] = Array("{}[]:,-'\"#&*!|>%@ \n\t$~/".utf8).randomElement(using: &random) ?? 0
    case 2: bytes.removeSubrange(from..<to)
    case 3: bytes.insert(contentsOf: bytes[from..<to], at: Int.random(in: 0...bytes.count, using: &random))
    case 4: bytes.insert(bytes[from], at: from)
    default: bytes.removeSubrange(max(1, from)...)
    }
    if bytes.isEmpty { bytes = [0x0A] }
  }
}

/// The same numbers for the same seed, so that a failure can be run again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
