import FoundationEssentials
import Testing

@Suite("The stand-ins for n8n and Flowise answer as was recorded")
struct ReplayTests {
  /// What Tests/StandIns/replay.py said of each recording: it runs once for all of them.
  private static let report = Task { () throws -> [String: String] in
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let outcome = try await ChildProcess(["python3", "-B", Lab.standIns + "/replay.py"], folder: folder).outcome(within: 300)
    let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
    guard outcome.status == 0 else { throw TestFailure("replay.py: \(outcome.all)") }
    return Dictionary(
      lines.filter { $0.count == 2 }.map {
        ($0[1].split(separator: ":", maxSplits: 1).map(String.init)[0], $0.joined(separator: " "))
      },
      uniquingKeysWith: { $0.hasPrefix("bad") ? $0 : $1 })
  }

  static let recordings: [String] = ["n8n", "flowise"].flatMap { application in
    let folder = Lab.root + "/Tests/Recordings/" + application
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted().map { application + "/" + $0.dropLast(5) }
  }

  @Test("There are recordings to replay")
  func some() { #expect(Self.recordings.count > 150) }

  @Test("Each recording, replayed, gives the same answer", arguments: recordings)
  func replayed(recording: String) async throws {
    let line = try await Self.report.value[recording]
    #expect(line?.hasPrefix("bad") == false, "\(line ?? "it was not replayed")")
  }
}
