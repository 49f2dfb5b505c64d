import Settings
import TestSupport

/// A broken file is a list of problems, each with a place inside it.
func fuzzSettings(_ bytes: [UInt8]) {
  // The ends of lines in YAML: LF, CR, and the last bytes of NEL, LS and PS.
  let lines = bytes.count { [10, 13, 0x85, 0xA8, 0xA9].contains($0) } + 1
  do throws(SettingsProblems) {
    _ = try SettingsFile.parse(bytes, file: "f", environment: ["A": "b"])
  } catch {
    expect(!error.problems.isEmpty, "refused without a problem", bytes)
    expect(error.problems.allSatisfy { (0...lines + 1).contains($0.line) && !$0.message.isEmpty }, "\(error.problems)", bytes)
  }
}
