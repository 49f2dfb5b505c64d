import Model
import Settings
import Testing

@testable import Commands

@Suite("leanto tunnel set")
struct TunnelSetTests {
  static let token = "2abcdefghijklmnopqrstuvwx"

  private func world(_ words: String..., yaml: String = "services: {}\n") -> World {
    let world = World(["tunnel", "set"] + words)
    world.add("leanto.yaml", yaml)
    world.environment.loadSettings = { path, variables throws(SettingsProblems) in
      try SettingsFile.load(path: path, environment: variables)
    }
    world.statuses([nil])
    world.input.change { $0 = [Self.token] }
    return world
  }

  @Test("The domain goes into leanto.yaml, the token into secrets/, and neither needs a daemon")
  func sets() async {
    let world = world("--domain", "lean-example.ngrok-free.app")
    #expect(await world.run() == .done)
    #expect(
      world.text(of: "leanto.yaml")
        == "services: {}\n\ntunnel:\n  provider: ngrok\n  domain: lean-example.ngrok-free.app\n")
    #expect(world.text(of: "secrets/tunnel-token") == Self.token + "\n")
    #expect(mode(of: world.stack.tunnelToken) == 0o600)
    #expect(!world.output.value.contains(Self.token) && !world.errors.value.contains(Self.token))
    #expect(world.text(of: "leanto.yaml.new") == nil)
  }

  @Test("The whole command that ngrok shows may be pasted")
  func pasted() async {
    let world = world("--domain", "a.ngrok-free.app")
    world.input.change { $0 = ["ngrok config add-authtoken \(Self.token)  "] }
    #expect(await world.run() == .done)
    #expect(world.text(of: "secrets/tunnel-token") == Self.token + "\n")
  }

  @Test("Nothing typed keeps the token that is there, and is a failure without one")
  func keeps() async {
    let first = world("--domain", "a.ngrok-free.app")
    first.input.change { $0 = [] }
    #expect(await first.run() == .missing)
    #expect(first.text(of: "leanto.yaml") == "services: {}\n")
    let second = world("--domain", "a.ngrok-free.app")
    second.add("secrets/tunnel-token", Self.token + "\n")
    second.input.change { $0 = [""] }
    #expect(await second.run() == .done)
    #expect(second.text(of: "secrets/tunnel-token") == Self.token + "\n")
  }

  @Test(
    "What cannot be a token is refused, and not repeated",
    arguments: ["short", "has;semicolon;in;it;and;more", "ünïcödé-tökén-lönger"])
  func wrongToken(text: String) async {
    let world = world("--domain", "a.ngrok-free.app")
    world.input.change { $0 = [text] }
    #expect(await world.run() == .failed)
    #expect(world.text(of: "secrets/tunnel-token") == nil)
    #expect(!world.errors.value.contains(text))
  }

  @Test("On a terminal it is asked for without being shown")
  func terminal() async {
    let world = world("--domain", "a.ngrok-free.app")
    let prompts = Box<[String]>([])
    world.environment.terminal.inputIsTerminal = true
    world.environment.terminal.readPassword = { prompt in
      prompts.change { $0.append(prompt) }
      return Self.token
    }
    #expect(await world.run() == .done)
    #expect(prompts.value == ["The account's token at ngrok: "])
  }

  @Test("A tunnel needs a name; a name that is none is wrong usage", arguments: [[], ["--domain", "https://a.example"]])
  func wrongUsage(words: [String]) async {
    let world = World(["tunnel", "set"] + words)
    world.settings()
    #expect(await world.run() == .wrongUsage)
  }

  @Test("A file that would be wrong is not written")
  func refused() async {
    let world = world("--domain", "a.ngrok-free.app", yaml: "gateway: { tunnel: off }\nservices: {}\n")
    #expect(await world.run() == .settings)
    #expect(world.text(of: "leanto.yaml") == "gateway: { tunnel: off }\nservices: {}\n")
    #expect(world.errors.value.contains("gateway.tunnel: is needed by tunnel.provider"))
    #expect(world.text(of: "secrets/tunnel-token") == nil)
  }

  @Test("A daemon that runs takes it over at once")
  func running() async {
    let world = world("--domain", "a.ngrok-free.app")
    world.statuses([.healthy])
    world.environment.daemon.reload = { _ in ReloadReport(changes: ["tunnel: added"], problems: []) }
    #expect(await world.run() == .done)
    #expect(world.output.value.contains("tunnel: added"))
  }
}

@Suite("The section tunnel of leanto.yaml is changed, and nothing else")
struct TunnelSettingsEditTests {
  private func tunnel(_ domain: String? = "a.example", plan: TunnelSettings.Plan = .free) -> TunnelSettings {
    var tunnel = TunnelSettings()
    tunnel.provider = domain == nil ? .none : .ngrok
    tunnel.domain = domain
    tunnel.plan = plan
    return tunnel
  }

  @Test("A block keeps its comments, its order and what stands around it")
  func block() {
    let before = """
      name: home
      tunnel:   # the way in
        # whose
        domain: old.example       # ours
        provider: none

      # services follow
      services:
        domain: { upstream: "http://127.0.0.1:1" }

      """
    let after = """
      name: home
      tunnel:   # the way in
        # whose
        domain: a.example               # ours
        provider: ngrok
        plan: hobbyist

      # services follow
      services:
        domain: { upstream: "http://127.0.0.1:1" }

      """
    #expect(TunnelSettingsEdit.apply(tunnel(plan: .hobbyist), to: before) == after)
  }

  @Test("A section in one line becomes a block")
  func oneLine() {
    #expect(
      TunnelSettingsEdit.apply(tunnel(), to: "tunnel: { provider: none } # none yet\nname: home\n")
        == "tunnel:  # none yet\n  provider: ngrok\n  domain: a.example\nname: home\n")
  }

  @Test("No section, an empty one, no line end at the end")
  func odd() {
    #expect(TunnelSettingsEdit.apply(tunnel(), to: "name: x") == "name: x\n\ntunnel:\n  provider: ngrok\n  domain: a.example\n")
    #expect(
      TunnelSettingsEdit.apply(tunnel(), to: "tunnel:\nname: x\n") == "tunnel:\n  provider: ngrok\n  domain: a.example\nname: x\n"
    )
    #expect(TunnelSettingsEdit.apply(tunnel(), to: "") == "tunnel:\n  provider: ngrok\n  domain: a.example\n")
  }

  @Test(
    "What was written is what is read", arguments: ["", "tunnel:\n    plan: free\n    domain: b.example\n", "\"tunnel\": {}\n"])
  func readBack(text: String) throws {
    var wanted = tunnel(plan: .payAsYouGo)
    wanted.provider = .tailscale
    let edited = TunnelSettingsEdit.apply(wanted, to: text)
    guard !text.hasPrefix("\"") else { return }
    #expect(try SettingsFile.parse(Array(edited.utf8), file: "x", environment: [:]).tunnel == wanted)
  }
}
