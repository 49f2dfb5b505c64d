import Glibc
import Model
import Testing

@testable import Operations

@Suite("Commands that are run for what they print")
struct CommandOutputTests {
  private func shell(_ script: String) -> ProcessPlan { ProcessPlan(command: ["sh", "-c", script], directory: "/") }

  @Test("Output and errors are apart, and the status is known")
  func apart() async throws {
    let output = try await CommandOutput.run(shell("echo out; echo problem >&2; exit 3"), limit: .seconds(20))
    #expect(String(decoding: output.output, as: UTF8.self) == "out\n")
    #expect(output.errors == "problem\n" && output.end == .exited(status: 3) && !output.isDone)
  }

  @Test("More than a pipe holds comes whole")
  func large() async throws {
    let output = try await CommandOutput.run(shell("head -c 3000000 /dev/zero | tr '\\0' x"), limit: .seconds(30))
    #expect(output.output.count == 3_000_000 && output.isDone)
  }

  @Test("Lines of both come one by one, also a last one without an end")
  func lines() async throws {
    let lines = Lock<[String]>([])
    let output = try await CommandOutput.run(shell("echo one; echo two >&2; printf three"), limit: .seconds(20)) { line in
      lines.withLock { $0.append(line) }
    }
    #expect(lines.withLock { Set($0) } == ["one", "two", "three"])
    #expect(output.errors == "two\n")
  }

  @Test("Past its time all of it is killed")
  func tooLate() async throws {
    let began = ContinuousClock.now
    let output = try await CommandOutput.run(shell("sleep 60 & sleep 60"), limit: .milliseconds(300))
    #expect(output.isTooLate && !output.isDone)
    #expect(ContinuousClock.now - began < .seconds(20))
  }

  @Test("Cancelled, it ends at once")
  func cancelled() async throws {
    let plan = shell("echo ready; exec sleep 60")
    let isReady = Lock(false)
    let task = Task { try await CommandOutput.run(plan, limit: nil) { _ in isReady.withLock { $0 = true } } }
    let deadline = ContinuousClock.now + .seconds(30)
    while !isReady.withLock({ $0 }), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("A program that is not there is a problem of its own")
  func absent() async {
    await #expect(throws: CannotStart.self) {
      try await CommandOutput.run(ProcessPlan(command: ["no-such-program-anywhere"], directory: "/"), limit: nil)
    }
  }
}

@Suite("Rendered files")
struct RenderedFilesTests {
  private func identity(_ path: String) -> [UInt64]? { SmallFile.identity(path) }

  @Test("They are written with their mode, and one that is as wanted keeps its inode")
  func writes() throws {
    try withFolder { folder in
      let files = RenderedFiles(directory: folder)
      let path = folder + "/compose/secrets/key"
      try files.write([RenderedFile(path: "compose/secrets/key", text: "abc", mode: 0o400)])
      let before = identity(path)
      #expect(SmallFile.text(path) == "abc")
      try files.write([RenderedFile(path: "compose/secrets/key", text: "abc", mode: 0o400)])
      #expect(identity(path) == before)
      try files.write([RenderedFile(path: "compose/secrets/key", text: "abcd", mode: 0o400)])
      #expect(SmallFile.text(path) == "abcd")
      #expect(identity(path) != before)
    }
  }

  @Test("Where they cannot be written, the file is named")
  func cannot() throws {
    try withFolder { folder in
      let files = RenderedFiles(directory: folder)
      try files.write([RenderedFile(path: "compose", text: "in the way", mode: 0o600)])
      do throws(DockerProblem) {
        try files.write([RenderedFile(path: "compose/compose.yaml", text: "x", mode: 0o600)])
        Issue.record("it was written below a file")
      } catch {
        #expect(error.sentence.contains("/compose"))
      }
    }
  }
}
