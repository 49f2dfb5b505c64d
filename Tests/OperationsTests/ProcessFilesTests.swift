import FoundationEssentials
import Glibc
import Logging
import Model
import TestSupport
import Testing

@testable import Operations

@Suite("Files of running processes")
struct ProcessFilesTests {
  static let record = ProcessRecord(
    name: "a", processIdentifier: 12, startTime: .max, run: "r", planHash: "h", stopSeconds: 10)

  @Test("What is written down about processes is read again, by nobody else")
  func roundTrip() throws {
    try withFolder { folder in
      let path = folder + "/processes.json"
      #expect(ProcessRecords.load(from: path) == [])
      #expect(ProcessRecords.save([Self.record, Self.record], to: path) == nil)
      #expect(ProcessRecords.load(from: path) == [Self.record, Self.record])
      #expect(ProcessRecords.save([], to: path) == nil)
      #expect(ProcessRecords.load(from: path) == [])
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(SmallFile.names(in: folder) == ["processes.json"])
    }
  }

  @Test("Records of another start of the machine are about nothing that runs")
  func otherBoot() throws {
    try withFolder { folder in
      let path = folder + "/processes.json"
      let records = ProcessRecords(bootIdentifier: "other", processes: [Self.record])
      try JSONEncoder().encode(records).write(to: URL(filePath: path))
      #expect(ProcessRecords.load(from: path) == [])
    }
  }

  @Test("A damaged record is none", arguments: ["", "{", "[]", "null", "{\"bootIdentifier\": 1}", "\u{0}\u{0}"])
  func damaged(_ text: String) throws {
    try withFolder { folder in
      try Data(text.utf8).write(to: URL(filePath: folder + "/processes.json"))
      #expect(ProcessRecords.load(from: folder + "/processes.json") == [])
    }
  }

  @Test("Where nothing can be written down, the reason is told")
  func unwritable() throws {
    try withFolder { folder in
      #expect(ProcessRecords.save([], to: folder + "/none/processes.json") == "No such file or directory")
    }
  }

  @Test("A command is found in PATH, by its path, and from the directory of its service; in no other way")
  func search() throws {
    try withFolder { folder in
      for name in ["tool", "plain"] { try Data("#!/bin/sh\n".utf8).write(to: URL(filePath: folder + "/" + name)) }
      _ = unsafe chmod(folder + "/tool", 0o755)
      _ = unsafe chmod(folder + "/plain", 0o644)
      func find(_ name: String, path: String = "/bin") throws -> String {
        try CommandSearch.find(name, path: path, directory: folder)
      }
      #expect(try find("sh") == "/bin/sh")
      #expect(try find("tool", path: "/nowhere:\(folder)") == folder + "/tool")
      #expect(try find("./tool") == folder + "/./tool")
      let failures = [
        ("", "its command is empty"), ("tool", "no such command: tool (looked for it in /bin)"),
        (folder + "/none", "no such command: \(folder)/none"), (folder, "\(folder) is not a program"),
        ("./plain", "\(folder)/./plain may not be executed (chmod +x \(folder)/./plain)"),
      ]
      for (name, reason) in failures {
        #expect(throws: CannotStart(description: "cannot start: \(reason)")) { try find(name) }
      }
    }
  }

  @Test("The environment is a minimal one, the plan's, and the name of the start, which no plan can change")
  func environment() {
    let plan = ProcessPlan(command: [], environment: ["LANG": "de", "LEANTO_RUN": "x"], directory: "/")
    let ours = ["HOME": "/root", "SECRET": "s", "LANG": "en"]
    #expect(
      plan.fullEnvironment(from: { ours[$0] }, run: "r") == [
        "PATH": CommandSearch.usualPath, "LANG": "de", "HOME": "/root", "LEANTO_RUN": "r",
      ])
  }

  @Test("Output goes through the pipe into the log, which rotates, and nothing is lost or out of order")
  func rotation() async throws {
    try withFolder { folder in
      let output = try output(folder, limit: 4000)
      let text = (0..<1200).map { "line \($0)\n" }.joined()
      let end = try #require(output.endForProcess())
      #expect(end.write(Array(text.utf8)))
      output.drain()
      let logs = try ["a.log.2", "a.log.1", "a.log"].map { try read("\(folder)/\($0)") }
      #expect(logs.joined() == text && logs.allSatisfy { $0.utf8.count <= 4000 })
      #expect(output.lastLines == "line 1197 / line 1198 / line 1199")
      output.beginAnew()
      #expect(output.lastLines == "")
    }
  }

  @Test("Two that move output at once keep its order, and its last lines are there when it was moved")
  func order() async throws {
    try await withFolder { folder in
      let output = try output(folder, limit: 10_000_000)
      let end = try #require(output.endForProcess())
      let isOver = Lock(false)
      try await withThrowingTaskGroup { group in
        for _ in 0..<2 {
          group.addTask { try await Threads.result { while !isOver.withLock({ $0 }) { output.drain() } } }
        }
        group.addTask {
          try await Threads.result {
            for number in 0..<20000 { _ = end.write(Array("\(number)\n".utf8)) }
            isOver.withLock { $0 = true }
          }
        }
        try await group.waitForAll()
      }
      output.drain()
      #expect(try read(folder + "/a.log") == (0..<20000).map { "\($0)\n" }.joined())
      #expect(output.lastLines == "19997 / 19998 / 19999")
    }
  }

  @Test("A pipe stays where a daemon left it, with what was printed meanwhile; what is no pipe makes room")
  func pipeStays() throws {
    try withFolder { folder in
      try Data("not a pipe".utf8).write(to: URL(filePath: folder + "/a.output"))
      let end: Descriptor
      do {
        let first = try output(folder, limit: 1000)
        end = try #require(first.endForProcess())
      }
      #expect(end.write(Array("said to nobody\n".utf8)))
      let second = try output(folder, limit: 1000)
      second.drain()
      #expect(second.lastLines == "said to nobody")
    }
  }

  @Test("Where no pipe can be made, the reason is told")
  func noPipe() throws {
    try withFolder { folder in
      let reason = CannotStart(description: "cannot keep its output: \(folder)/none/a.output: No such file or directory")
      #expect(throws: reason) { try output(folder + "/none", limit: 1) }
    }
  }

  private func output(_ folder: String, limit: Int) throws(CannotStart) -> ServiceOutput {
    try ServiceOutput(
      service: "a", pipe: folder + "/a.output", log: RotatingFile(path: folder + "/a.log", limit: limit, count: 3),
      logger: silentLogger)
  }
}
