import Model
import Testing

extension RunningStackTests {
  @Suite("Verbs on a stack that runs")
  struct Verbs {
    @Test("status names every service as healthy, with its address")
    func status() async throws {
      let status = try await RunningStack.stack().status()
      #expect(
        Set(status.services.filter { $0.state == .healthy }.map(\.name)).isSuperset(of: ["model", "gradio", "lab", "hello"]))
      #expect(status.settingsProblems == [])
      #expect(status.model?.name == "gemma-3-270m")
    }

    @Test("up again has nothing to do, and restarts nothing")
    func upAgain() async throws {
      let stack = try RunningStack.stack()
      let before = try await stack.status().services.map(\.processIdentifier)
      let again = try await stack.leanto("up")
      #expect(again.status == 0)
      #expect(again.output.contains("nothing to do"), "\(again.all)")
      #expect(try await stack.status().services.map(\.processIdentifier) == before)
    }

    @Test("verify proves every promise that can be tried, and fails none")
    func verify() async throws {
      struct Report: Decodable { var proofs: [Proof] }
      let outcome = try await RunningStack.stack().leanto("verify", "--json", within: 180)
      #expect(outcome.status == 0, "\(outcome.all)")
      let proofs = try decoded(Report.self, from: outcome.output).proofs
      #expect(proofs.filter { $0.outcome == .failed }.map { "\($0.subject) of \($0.service): \($0.received)" } == [])
      for subject in ["internal traffic", "external traffic", "basic auth", "model"] {
        #expect(proofs.contains { $0.subject == subject && $0.outcome == .proven }, "\(subject) was not proven")
      }
      #expect(proofs.allSatisfy { !$0.received.isEmpty })
    }

    @Test("logs shows what a service wrote, and only of that service")
    func logs() async throws {
      let outcome = try await RunningStack.stack().leanto("logs", "hello")
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("hello listens on"), "\(outcome.all)")
      #expect(!outcome.output.contains("gemma"))
    }

    @Test("restart of one service gives it a new process and leaves the others alone")
    func restart() async throws {
      let stack = try RunningStack.stack()
      let (hello, gradio) = (try await stack.service("hello"), try await stack.service("gradio"))
      let outcome = try await stack.leanto("restart", "hello")
      #expect(outcome.status == 0, "\(outcome.all)")
      try await until("hello is healthy again") {
        let now = try await stack.service("hello")
        return now.state == .healthy && now.processIdentifier != hello.processIdentifier
      }
      #expect(try await stack.service("gradio").processIdentifier == gradio.processIdentifier)
      if let old = hello.processIdentifier { #expect(!Processes.isRunning(old)) }
    }

    @Test("A service that is killed comes back by itself")
    func killedService() async throws {
      let stack = try RunningStack.stack()
      let before = try #require(try await stack.service("hello").processIdentifier)
      Processes.kill(before)
      try await until("hello is healthy again") {
        let now = try await stack.service("hello")
        return now.state == .healthy && now.processIdentifier != before
      }
    }

    @Test("No password is in an argument list or a log")
    func secrets() async throws {
      let stack = try RunningStack.stack()
      _ = try await stack.curl("-u", stack.credentials, stack.url("/hello/"))
      let arguments = Processes.all().filter { $0.commandLine.contains("leanto") }.map(\.commandLine)
      #expect(!arguments.contains { $0.contains(stack.password) && !$0.contains("curl") })
      let logs = [stack.directory.daemonLog, stack.directory.accessLog].map(TemporaryFolder.text).joined()
      let basic = "YWRhOmNvcnJlY3QgaG9yc2UgYmF0dGVyeSBzdGFwbGU="
      #expect(!logs.contains(stack.password) && !logs.contains(basic))
      #expect(!logs.isEmpty)
    }
  }
}
