import Model
import Settings
import Testing

@testable import Stack

@Suite("What up would change")
struct PreviewTests {
  private func plan(_ settings: StackSettings, _ secrets: StackSecrets = .withTokens) -> StackPlan {
    var machine = MachineFacts.full
    machine.docker = .root
    return .of(settings, machine: machine, secrets: secrets)
  }

  private func report(_ old: StackPlan?, _ new: StackPlan) -> PlanReport {
    let texts = Dictionary((old?.files ?? []).map { ($0.path, $0.text) }, uniquingKeysWith: { $1 })
    return StackPlan.preview(from: old, to: new) { texts[$0] }
  }

  @Test("Where nothing is, everything is made, and no secret is shown")
  func fresh() {
    let report = report(nil, plan(StackSettings(.n8n(), .flowise())))
    #expect(report.services.map(\.action) == [.create, .create, .create, .create])
    #expect(report.files.allSatisfy { $0.change == .create })
    let text = report.files.flatMap(\.diff).joined(separator: "\n")
    for value in StackSecrets.withTokens.values.values { #expect(!text.contains(value)) }
  }

  @Test("The same plan changes nothing")
  func same() {
    let one = plan(StackSettings(.n8n(), .flowise()))
    #expect(!report(one, one).changesAnything)
  }

  @Test("Another version makes both containers of n8n anew, and leaves the others")
  func version() {
    let report = report(plan(StackSettings(.n8n(), .flowise())), plan(StackSettings(.n8n { $0.version = "2.42.0" }, .flowise())))
    let actions = Dictionary(uniqueKeysWithValues: report.services.map { ($0.name, $0) })
    #expect(actions["n8n"]?.action == .recreate && actions["n8n-runner"]?.action == .recreate)
    #expect(actions["n8n"]?.reasons == ["image docker.n8n.io/n8nio/n8n:2.41.3 -> docker.n8n.io/n8nio/n8n:2.42.0"])
    #expect(actions["flowise"]?.action == .nothing && actions["gateway"]?.action == .nothing)
    #expect(report.files.map(\.path) == ["compose/compose.yaml"])
  }

  @Test("Another secret is told without its value")
  func secret() {
    var others = StackSecrets.withTokens
    others.values["n8n-owner-hash"] = "$2b$10$OTHER"
    others.values["n8n-encryption-key"] = "OTHER-KEY"
    let report = report(plan(StackSettings(.n8n())), plan(StackSettings(.n8n()), others))
    let text = report.files.flatMap(\.diff).joined(separator: "\n") + report.services.flatMap(\.reasons).joined()
    #expect(text.contains("+N8N_INSTANCE_OWNER_PASSWORD_HASH=(hidden, another)") && text.contains("+(hidden, another)"))
    #expect(!text.contains("OTHER") && !text.contains("$2b$"))
    #expect(report.services.first?.action == .recreate)
  }

  @Test("A hidden value of several lines is hidden in compose.yaml too")
  func severalLines() {
    let old = plan(StackSettings(.n8n { $0.environment = ["PEM": "first\nline"] }))
    let new = plan(StackSettings(.n8n { $0.environment = ["PEM": "second\nline"] }))
    let text = report(old, new).files.flatMap(\.diff).joined(separator: "\n")
    #expect(!text.contains("first") && !text.contains("second"))
  }

  @Test("A service that left is removed, and what the gateway does alone is a reload")
  func others() {
    let old = plan(StackSettings(.n8n(), .flowise()))
    let new = plan(StackSettings(.n8n { $0.public = ["webhooks"] }))
    let report = report(old, new)
    #expect(report.services.first { $0.name == "flowise" }?.action == .remove)
    #expect(report.services.first { $0.name == "gateway" }?.action == .reload)
    #expect(report.services.first { $0.name == "n8n" }?.action == .nothing)
  }
}

@Suite("Differences of texts, line by line")
struct LineDifferenceTests {
  private func difference(_ old: String, _ new: String) -> [String] {
    LineDifference(from: old.split(separator: " ").map(String.init), to: new.split(separator: " ").map(String.init)).unified
  }

  @Test(
    "As diff -u shows them",
    arguments: [
      ("a b c", "a b c", ""), ("", "a b", "@@ -0,0 +1,2 @@ +a +b"), ("a b", "", "@@ -1,2 +0,0 @@ -a -b"),
      ("a b c", "a x c", "@@ -1,3 +1,3 @@ .a -b +x .c"),
      ("1 2 3 4 5 6 7 8 9", "1 2 3 4 x 6 7 8 9", "@@ -2,7 +2,7 @@ .2 .3 .4 -5 +x .6 .7 .8"),
      ("a b", "b a", "@@ -1,2 +1,2 @@ -a .b +a"),
      (
        "1 2 3 4 5 6 7 8 9 10 11 12", "x 2 3 4 5 6 7 8 9 10 11 y",
        "@@ -1,4 +1,4 @@ -1 +x .2 .3 .4 @@ -9,4 +9,4 @@ .9 .10 .11 -12 +y"
      ),
    ])
  func unified(_ old: String, _ new: String, _ expected: String) {
    let lines = difference(old, new).map { $0.hasPrefix(" ") ? "." + $0.dropFirst() : $0 }
    #expect(lines.joined(separator: " ") == expected)
  }

  @Test("Applied to the old text, a difference gives the new one")
  func applies() {
    var seed: UInt64 = 7
    func number(_ bound: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1
      return Int(seed >> 33) % bound
    }
    for _ in 0..<300 {
      let old = (0..<number(12)).map { _ in "\(number(4))" }
      let new = (0..<number(12)).map { _ in "\(number(4))" }
      let lines = LineDifference(from: old, to: new).unified.filter { !$0.hasPrefix("@") }
      if old.count < 7, new.count < 7, old != new {
        #expect(lines.filter { !$0.hasPrefix("+") }.map { String($0.dropFirst()) } == old || lines.count < old.count + new.count)
      }
      let (removed, added) = (lines.count { $0.hasPrefix("-") }, lines.count { $0.hasPrefix("+") })
      #expect(old.count - removed + added == new.count)
      #expect(lines.isEmpty == (old == new))
    }
  }
}

@Suite("Open WebUI, Langflow and sites")
struct MorePresetTests {
  private func plan(_ service: ServiceSettings, docker: Bool, tunnel: Bool = false) -> StackPlan {
    var machine = MachineFacts.full
    machine.commands = ["open-webui": "/usr/bin/open-webui", "langflow": "/usr/bin/langflow", "caddy": "/usr/bin/caddy"]
    if docker { machine.docker = .root }
    let names = ["secret-key", "owner-password"].map { ("\(service.name)-\($0)", "VALUE-OF-\($0)") }
    let settings = StackSettings(service) {
      guard tunnel else { return }
      $0.tunnel.provider = .ngrok
      $0.tunnel.domain = "x.ngrok-free.app"
    }
    return .of(settings, machine: machine, secrets: StackSecrets(values: Dictionary(uniqueKeysWithValues: names)))
  }

  @Test("Open WebUI gets its owner and its key from the stack, and closes sign-up and foreign pages", arguments: [true, false])
  func openWebUI(_ docker: Bool) throws {
    let plan = plan(ServiceSettings("chat", preset: "open-webui", at: .path("/")), docker: docker, tunnel: true)
    let container = plan.container("chat")
    let all = container.map { $0.environment.merging($0.hiddenEnvironment) { $1 } } ?? plan.process("chat")?.environment ?? [:]
    #expect(all["WEBUI_ADMIN_PASSWORD"] == "VALUE-OF-owner-password" && all["WEBUI_SECRET_KEY"] == "VALUE-OF-secret-key")
    #expect(all["ENABLE_SIGNUP"] == "false" && all["CORS_ALLOW_ORIGIN"] == "https://x.ngrok-free.app")
    #expect(all["WEBUI_SESSION_COOKIE_SECURE"] == "true" && all["OFFLINE_MODE"] == "true")
    #expect(plan.route("chat")?.upgradePaths == ["/ws/socket.io/"])
    #expect(container?.environment["WEBUI_SECRET_KEY"] == nil)
  }

  @Test("Open WebUI below a path is warned of: its pages would stay empty")
  func openWebUIBelowPath() {
    let plan = plan(ServiceSettings("chat", preset: "open-webui", at: .path("/chat/")), docker: true)
    #expect(plan.warnings.contains { $0.contains("open-webui cannot live below a path") })
  }

  @Test("Langflow's database is in its data, its path is told to it, and strangers cannot sign up", arguments: [true, false])
  func langflow(_ docker: Bool) throws {
    let plan = plan(ServiceSettings("flow", preset: "langflow", at: .path("/langflow/")), docker: docker)
    let container = plan.container("flow")
    let all = container.map { $0.environment.merging($0.hiddenEnvironment) { $1 } } ?? plan.process("flow")?.environment ?? [:]
    #expect(all["LANGFLOW_SAVE_DB_IN_CONFIG_DIR"] == "true" && all["LANGFLOW_ROOT_PATH"] == "/langflow")
    #expect(all["LANGFLOW_AUTO_LOGIN"] == "false" && all["LANGFLOW_ENABLE_SIGNUP"] == "false")
    #expect(all["LANGFLOW_CORS_ORIGINS"] == "http://127.0.0.1:8080")
    #expect(all["LANGFLOW_CONFIG_DIR"] == (docker ? "/app/langflow" : "/srv/home/data/flow"))
    #expect(plan.route("flow")?.stripsPrefix == true)
    #expect(container?.volumes.first?.source == (docker ? "data/flow" : nil))
  }

  @Test("A site is a folder of the stack, which its container cannot write")
  func site() throws {
    let container = try #require(
      plan(ServiceSettings("home", preset: "site", at: .path("/home/")), docker: true).container("home"))
    #expect(container.volumes == [.init(source: "data/home", target: "/srv", isReadOnly: true)])
    #expect(container.image == "caddy:2.11" && container.isReadOnly)
    let process = plan(ServiceSettings("home", preset: "site", at: .path("/home/")), docker: false).process("home")
    #expect(process?.directory == "/srv/home/data/home" && process?.command.contains("file-server") == true)
  }

  @Test("Owners are proven from recorded answers", arguments: ["open-webui", "langflow"])
  func claims(_ name: String) throws {
    // Open WebUI 0.12.4: GET /api/config; Langflow 1.13.0: GET /api/v1/auto_login.
    let answers = [
      "open-webui": (#"{"onboarding":true,"features":{"enable_signup":true}}"#, #"{"features":{"enable_signup":false}}"#),
      "langflow": (#"{"access_token":"x"}"#, #"{"detail":{"message":"Auto login is disabled.","auto_login":false}}"#),
    ]
    let claim = try #require(plan(ServiceSettings("x", preset: name, at: .path("/")), docker: true).claims.first)
    let (open, owned) = try #require(answers[name])
    #expect(open.contains(claim.unclaimed) && !open.contains(claim.claimed))
    #expect(owned.contains(claim.claimed) && !owned.contains(claim.unclaimed))
  }
}
