import Client
import Model
import Operations
import Settings
import TestSupport
import Testing

@testable import Commands

@Suite("leanto models", .enabled(if: OllamaStandIn.canRun, "needs python3"))
struct ModelsTests {
  private func world(_ words: [String], _ standIn: OllamaStandIn, api: LLMSettings.API = .ollama, models: [String] = []) -> World
  {
    let world = World(["models"] + words)
    var settings = StackSettings()
    (settings.llm.models, settings.llm.api) = (models, api)
    world.settings(settings)
    let address = standIn.address
    world.environment.models.find = {
      ModelServer(address: address, api: $0.api == .ollama ? .ollama : .openai, client: HTTPClient())
    }
    return world
  }

  @Test("list names the models, what is in memory, and what the settings want and the server lacks")
  func list() async throws {
    let standIn = try await OllamaStandIn(["--vram", "1"])
    try standIn.reset(#"{"loaded":["gemma3:270m"]}"#)
    let world = world(["list"], standIn, models: ["gemma3:270m", "llama9:1b"])
    // The stand-in's clock is the real one.
    world.time.change { $0 = LiveClock.now() }
    #expect(await world.run() == .done)
    let text = world.output.value
    #expect(text.contains("gemma3:270m") && text.contains("253 MB") && text.contains("Q4_K_M") && text.contains("100 % on GPU"))
    #expect(text.contains("4 min from now") && text.contains("leanto models pull llama9:1b"))
    let asJSON = self.world(["list", "--json"], standIn)
    #expect(await asJSON.run() == .done)
    #expect(asJSON.output.value.contains("\"isLoaded\" : true") && asJSON.output.value.contains("\"missing\" : ["))
  }

  @Test("pull shows how far it is on standard error, and says what to do next")
  func pull() async throws {
    let standIn = try await OllamaStandIn(["--registry", "tiny:latest=1000000", "--pull-rate", "20000000"])
    let world = world(["pull", "tiny"], standIn)
    #expect(await world.run() == .done)
    #expect(world.errors.value.contains("1 MB of 1 MB, 100 %") || world.errors.value.contains("1.0 MB of 1.0 MB, 100 %"))
    #expect(world.output.value.contains("tiny: there") && world.output.value.contains("leanto models run --model tiny"))
  }

  @Test("A pull that fails says so, and that it goes on from there")
  func failedPull() async throws {
    let standIn = try await OllamaStandIn()
    let world = world(["pull", "nope"], standIn)
    #expect(await world.run() == .failed)
    #expect(world.errors.value.contains("no such host") && world.errors.value.contains("goes on from there"))
    #expect(world.errors.value.hasSuffix("Try: leanto models pull nope\n"))
    _ = standIn
  }

  @Test("run streams the answer to standard output, and the speed to standard error")
  func run() async throws {
    let standIn = try await OllamaStandIn()
    let world = world(["run", "Hi", "--tokens", "4"], standIn)
    #expect(await world.run() == .done)
    #expect(world.output.value == ",\n\nI have\n")
    #expect(world.errors.value.hasPrefix("gemma3:270m: 4 tokens, "))
    let asJSON = self.world(["run", "-", "--tokens", "4", "--json"], standIn)
    asJSON.input.change { $0 = ["Hi", "there"] }
    #expect(await asJSON.run() == .done)
    #expect(asJSON.output.value.contains(#""answer" : ",\n\nI have""#) && asJSON.output.value.contains("\"tokens\" : 4"))
    #expect(try standIn.requests().contains(#"Hi\nthere"#))
  }

  @Test(
    "bench shows the server's counters and says in a sentence whether the GPU was used",
    arguments: [("0", "No GPU was used"), ("0.4", "The GPU did 40 % of it"), ("1", "The GPU did all of it")])
  func bench(share: String, sentence: String) async throws {
    let standIn = try await OllamaStandIn(["--vram", share, "--token-time", "0.001"])
    let world = world(["bench", "--tokens", "10"], standIn)
    #expect(await world.run() == .done)
    #expect(world.output.value.contains(sentence) && world.output.value.contains("10 tokens"), "\(world.output.value)")
    #expect(!(try standIn.requests().contains("keep_alive")), "a measurement keeps nothing and puts nothing out")
  }

  @Test("show, unload and remove do what they say")
  func others() async throws {
    let standIn = try await OllamaStandIn()
    let show = world(["show", "gemma3:270m"], standIn)
    #expect(await show.run() == .done)
    #expect(show.output.value.contains("32768 tokens") && show.output.value.contains("completion"))
    try standIn.reset(#"{"loaded":["gemma3:270m"]}"#)
    let unload = world(["unload"], standIn)
    #expect(await unload.run() == .done && unload.output.value == "gemma3:270m: unloaded\n")
    #expect(await world(["remove", "gemma3:270m"], standIn).run() == .done)
    let gone = world(["remove", "gemma3:270m"], standIn)
    #expect(await gone.run() == .failed && gone.errors.value.contains("no model gemma3:270m"))
  }

  @Test(
    "With the other API, run, list and bench work, and the rest says that it has no such thing",
    arguments: ["pull x", "remove x", "show x", "unload"])
  func openAI(verb: String) async throws {
    let standIn = try await OllamaStandIn()
    let world = world(verb.split(separator: " ").map(String.init), standIn, api: .openai)
    #expect(await world.run() == .missing)
    #expect(world.errors.value.contains("llm.api: openai has no way to"))
    for words in [["list"], ["run", "Hi", "--tokens", "3"], ["bench", "--tokens", "3"]] {
      let works = self.world(words, standIn, api: .openai)
      #expect(await works.run() == .done, "\(works.errors.value)")
    }
  }

  @Test("A server that is not found is told with its cause, and the commands for every system")
  func notFound() async {
    let world = World(["models", "list"])
    world.settings()
    world.environment.models.find = { _ in
      throw ModelProblem(
        .loopbackOnly, "It listens only there.", [.init(.windows, "setx A"), .init(.linux, "sudo b"), .init(.settings, "llm: c")])
    }
    #expect(await world.run() == .failed)
    #expect(
      world.errors.value == """
        leanto: It listens only there
          | on Windows: setx A
          | in leanto.yaml: llm: c
        Try: sudo b

        """)
  }
}

enum LiveClock {
  static func now() -> Double { CommandEnvironment.live().clock.now() }
}

@Suite("leanto up and the models of the settings", .enabled(if: OllamaStandIn.canRun, "needs python3"))
struct UpModelsTests {
  private func done(_ models: [String], _ standIn: OllamaStandIn) async -> (UpModels, World) {
    let world = World(["up"])
    var llm = LLMSettings()
    llm.models = models
    let address = standIn.address
    world.environment.models.find = { _ in ModelServer(address: address, api: .ollama, client: HTTPClient()) }
    return (await UpModels.pullMissing(llm, world.environment), world)
  }

  @Test("What is missing is pulled with progress, what is there is left alone")
  func pulls() async throws {
    let standIn = try await OllamaStandIn(["--registry", "tiny:latest=1000000"])
    let (models, world) = await done(["gemma3:270m", "tiny"], standIn)
    #expect(models == UpModels(pulled: ["tiny"], problem: nil) && world.errors.value.contains("tiny: "))
    #expect(try standIn.requests().split(separator: "/api/pull").count == 2, "one pull")
    #expect(await done(["gemma3:270m", "tiny"], standIn).0 == UpModels())
  }

  @Test("What cannot be had is told, and stops nothing")
  func problem() async throws {
    let standIn = try await OllamaStandIn()
    let (models, _) = await done(["nope"], standIn)
    #expect(models.pulled == [] && models.problem?.contains("no such host") == true)
    #expect(models.problem?.hasSuffix("Try: leanto models pull nope") == true)
  }
}
