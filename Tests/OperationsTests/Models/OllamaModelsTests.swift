import Client
import Model
import TestSupport
import Testing

@testable import Operations

@Suite("Ollama's models", .enabled(if: OllamaStandIn.canRun, "needs python3"))
struct OllamaModelsTests {
  private func server(_ standIn: OllamaStandIn) -> ModelServer {
    ModelServer(address: standIn.address, api: .ollama, client: HTTPClient())
  }

  @Test("What is installed and what is in memory is listed with its sizes, and a model's details are shown")
  func lists() async throws {
    let standIn = try await OllamaStandIn(["--vram", "0.5"])
    let model = server(standIn)
    let installed = try await model.installed()
    #expect(installed.map(\.name) == ["gemma3:270m"] && installed[0].size == 253_113_294)
    #expect(installed[0].quantisation == "Q4_K_M" && installed[0].parameters == "268.10M")
    #expect(try await model.loaded() == [])
    try standIn.reset(#"{"loaded":["gemma3:270m"]}"#)
    let loaded = try #require(try await model.loaded()?.first)
    #expect(loaded.digest == installed[0].digest && abs(loaded.shareOnGPU - 0.5) < 0.01 && loaded.contextLength == 4096)
    let details = try #require(try await model.details(of: "gemma3:270m"))
    #expect(details.contextLength == 32768 && details.family == "gemma3" && details.capabilities == ["completion"])
    #expect(!"\(details)".contains("/root/"), "paths of the server's host are nobody's business")
    await #expect(throws: ModelError.refused(status: 404, message: "model 'nope' not found")) {
      try await model.details(of: "nope")
    }
  }

  @Test("A model's answer comes with the server's counters")
  func counters() async throws {
    let standIn = try await OllamaStandIn(["--load-time", "0.2", "--prompt-time", "0.05"])
    var summary: GenerationSummary?
    for try await event in try await server(standIn).generate(model: "gemma3:270m", prompt: "one two three", tokens: 5) {
      if case .done(let told) = event { summary = told }
    }
    #expect(summary?.tokens == 5 && summary?.promptTokens == 4)
    #expect((summary?.loadSeconds ?? 0) >= 0.2)
    #expect((summary?.promptTokensPerSecond ?? 0) > 0 && (summary?.tokensPerSecond ?? 0) > 0)
  }

  @Test("A pull tells how far it is, and the model is there afterwards")
  func pull() async throws {
    let standIn = try await OllamaStandIn(["--registry", "tiny:latest=1000000", "--pull-rate", "20000000"])
    let steps = Lock<[PullProgress]>([])
    try await server(standIn).pull("tiny") { step in steps.withLock { $0.append(step) } }
    let seen = steps.withLock { $0 }
    #expect(seen.first?.status == "pulling manifest" && seen.last?.status == "success")
    #expect(seen.last?.completed == 1_000_000 && seen.last?.total == 1_000_000)
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.completed <= $1.completed } && Set(seen.map(\.completed)).count > 3)
    #expect(try await server(standIn).models().contains("tiny:latest"))
  }

  @Test("A pull that breaks off goes on where it was")
  func resume() async throws {
    let standIn = try await OllamaStandIn([
      "--registry", "tiny:latest=1000000", "--pull-rate", "20000000", "--break-pull-at", "0.5",
    ])
    let steps = Lock<[PullProgress]>([])
    try await server(standIn).pull("tiny") { step in steps.withLock { $0.append(step) } }
    let layer = steps.withLock { $0 }.filter { $0.status.hasPrefix("pulling ") && $0.total > 0 }
    #expect(layer.filter { $0.completed == 0 }.count == 1, "nothing was fetched twice")
    #expect(layer.last?.completed == 1_000_000)
    #expect(try standIn.requests().split(separator: "/api/pull").count == 3, "two pulls")
  }

  @Test("A registry that is not there, or does not know the model, is tried once")
  func noRegistry() async throws {
    let standIn = try await OllamaStandIn()
    do {
      try await server(standIn).pull("nope") { _ in }
      Issue.record("it was pulled")
    } catch {
      guard case ModelError.gaveUp(let message) = error else { throw error }
      #expect(message.contains("no such host"))
    }
    #expect(try standIn.requests().split(separator: "/api/pull").count == 2, "one pull")
    await #expect(throws: ModelError.refused(status: 400, message: "invalid model name")) {
      try await server(standIn).pull("a b") { _ in }
    }
  }

  @Test("A model is unloaded and removed; unloading loads nothing")
  func leave() async throws {
    let standIn = try await OllamaStandIn()
    let model = server(standIn)
    try standIn.reset(#"{"loaded":["gemma3:270m"]}"#)
    try await model.unload("gemma3:270m")
    #expect(try await model.loaded() == [])
    try await model.remove("gemma3:270m")
    #expect(try await model.models() == [])
    await #expect(throws: ModelError.refused(status: 404, message: "model 'gemma3:270m' not found")) {
      try await model.remove("gemma3:270m")
    }
  }

  @Test("A model that does not fit into memory is told as that")
  func memory() async throws {
    let standIn = try await OllamaStandIn(["--memory", "1000000"])
    do {
      for try await _ in try await server(standIn).generate(model: "gemma3:270m", prompt: "Hi") {}
      Issue.record("it fitted")
    } catch {
      let problem = ModelProblem.refused(error, model: "gemma3:270m")
      #expect(problem?.cause == .outOfMemory && problem?.remedies.first?.command == "leanto models unload")
    }
  }

  @Test("A short command is asked; what goes on too long is killed, and what is not there says nothing")
  func commands() async throws {
    let answer = await HostCommand.ask(["sh", "-c", "echo one; echo two >&2; exit 3"], limit: .seconds(30))
    #expect(answer == HostCommand.Answer(status: 3, text: "one\n", errors: "two\n"))
    let long = await HostCommand.ask(["sh", "-c", "echo begun; sleep 60"], limit: .milliseconds(300))
    #expect(long?.status == 137 && long?.text == "begun\n")
    #expect(await HostCommand.ask(["no-such-command"], limit: .seconds(1)) == nil)
  }
}
