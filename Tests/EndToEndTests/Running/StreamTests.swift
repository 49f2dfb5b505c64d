import Glibc
import Model
import Testing

extension RunningStackTests {
  @Suite("Streams")
  struct Streams {
    @Test("curl -N -u through the tunnel listener gets the model's answer piece by piece")
    func model() async throws {
      let stack = try RunningStack.stack()
      let question =
        #"{"stream": true, "ignore_eos": true, "max_tokens": 120, "messages": [{"role": "user", "content": "Hello"}]}"#
      let curl = try ChildProcess(
        [
          "curl", "-sS", "-N", "-u", stack.credentials, "-H", "Content-Type: application/json", "-d", question,
          stack.url("/model/v1/chat/completions", on: stack.tunnel),
        ], folder: stack.folder)
      let lengths = try await growth(of: curl, until: "[DONE]")
      #expect(lengths.count >= 5, "it came in \(lengths.count) pieces")
      let text = try await curl.outcome(within: 5).output
      #expect(text.split(separator: "\n").filter { $0.hasPrefix("data:") }.count > 20, "\(text.suffix(300))")
    }

    @Test("Gradio's answer comes by server-sent events, each when it is made")
    func gradio() async throws {
      struct Report: Decodable {
        var success: Bool
        var pieces: [Double]
        var output: String
      }
      let stack = try RunningStack.stack()
      let outcome = try await stack.python("gradio_events.py", ["base": stack.url("/gradio")])
      let report: Report = try decoded(from: outcome.output)
      #expect(report.success)
      #expect(report.output.contains("word-20"))
      // Twenty words, one each 0.1 s: held back, they would come at once.
      let spread = (report.pieces.last ?? 0) - (report.pieces.first ?? 0)
      #expect(report.pieces.count >= 10 && spread > 1, "\(report.pieces)")
    }

    @Test("JupyterLab's kernel answers through its websocket", .timeLimit(.minutes(2)))
    func websocket() async throws {
      struct Report: Decodable, Equatable {
        var answer: String
        var length: Int
      }
      let stack = try RunningStack.stack()
      let outcome = try await stack.python("notebook_kernel.py", ["base": stack.url("/lab1")])
      #expect(try decoded(Report.self, from: outcome.output) == Report(answer: "42", length: 70004), "\(outcome.all)")
    }

    @Test("A reader who goes away ends the service's work")
    func goingAway() async throws {
      let stack = try RunningStack.stack()
      let before = log(stack, "went away")
      let curl = try ChildProcess(
        ["curl", "-sS", "-N", "-u", stack.credentials, stack.url("/hello/stream")], folder: stack.folder)
      try await until("lines come") { curl.outputSoFar.contains("3\n") }
      curl.send(SIGKILL)
      _ = try await curl.outcome(within: 5)
      try await until("the service is told", within: 5) { log(stack, "went away") > before }
    }

    @Test("A change of the settings leaves a long stream open")
    func reload() async throws {
      let stack = try RunningStack.stack()
      let settings = TemporaryFolder.text(of: stack.directory.settings)
      let curl = try ChildProcess(
        ["curl", "-sS", "-N", "-u", stack.credentials, stack.url("/hello/stream")], folder: stack.folder)
      try await until("lines come") { curl.outputSoFar.contains("3\n") }

      let added = settings + "  more:\n    upstream: http://127.0.0.1:\(try Lab.freePort())\n    at: /more/\n"
      try TemporaryFolder.write(added, to: stack.directory.settings)
      _ = try await stack.leanto("up")
      try await until("the new route is there") {
        try await stack.statusCode(stack.url("/more/"), "-u", stack.credentials) == 502
      }
      let length = curl.outputSoFar.utf8.count
      try await until("the stream goes on") { curl.outputSoFar.utf8.count > length + 20 }

      try TemporaryFolder.write(settings, to: stack.directory.settings)
      #expect(try await stack.leanto("up").status == 0)
      let later = curl.outputSoFar.utf8.count
      try await until("the stream still goes on") { curl.outputSoFar.utf8.count > later + 20 }
      curl.send(SIGKILL)
      _ = try await curl.outcome(within: 5)
    }

    private func log(_ stack: TemporaryStack, _ text: String) -> Int {
      TemporaryFolder.text(of: stack.directory.log(service: "hello")).split(separator: "\n").filter { $0.contains(text) }.count
    }

    /// The different lengths that the output was seen to have on its way to `end`.
    private func growth(of process: ChildProcess, until end: String) async throws -> Set<Int> {
      var lengths: Set<Int> = []
      try await until("the answer is complete", within: 60) {
        let text = process.outputSoFar
        if !text.isEmpty { lengths.insert(text.utf8.count) }
        return text.contains(end)
      }
      return lengths
    }
  }
}
