import FoundationEssentials
import Model
import Settings
import Stack
import Testing

@Suite("What the presets know")
struct PresetTests {
  @Test("Nothing of a preset is public unless a class is opened", arguments: ["n8n", "flowise"])
  func closed(preset: String) {
    let plan = StackPlan.of(StackSettings(ServiceSettings(preset, preset: preset, at: .path("/"))))
    #expect(plan.route(preset)?.publicPaths == [])
    #expect(plan.route(preset)?.authentication == .door)
  }

  @Test(
    "No class opens what decides over the instance",
    arguments: [
      ("n8n", ["webhooks", "forms", "chat", "mcp", "oauth", "files", "api"]),
      ("flowise", ["predictions", "chat", "uploads", "webhooks", "mcp", "executions", "ping"]),
    ])
  func neverOpen(preset: String, classes: [String]) throws {
    let plan = StackPlan.of(StackSettings(ServiceSettings(preset, preset: preset, at: .path("/")) { $0.public = classes }))
    #expect(plan.warnings.isEmpty)
    let open = try #require(plan.route(preset)?.publicPaths)
    let closed = [
      "/", "/setup", "/rest/settings", "/rest/owner/setup", "/rest/login", "/metrics", "/webhook-test/x", "/form-test/x",
      "/api/v1/account/register", "/api/v1/auth/login", "/api/v1/chatflows", "/api/v1/apikey",
    ].filter { preset == "flowise" || !$0.hasPrefix("/api/") }
    for path in closed { #expect(!open.contains { matches($0, path) }, "\(path)") }
  }

  @Test(
    "A class opens what its callers use, under the service's path",
    arguments: [
      ("webhooks", "/n8n/webhook/x"), ("webhooks", "/n8n/webhook-waiting/7"), ("forms", "/n8n/form/x"),
      ("chat", "/n8n/chat"), ("mcp", "/n8n/mcp/x"), ("oauth", "/n8n/rest/oauth2-credential/callback"),
      ("/rest/sso", "/n8n/rest/sso/saml"),
    ])
  func open(name: String, path: String) throws {
    let plan = StackPlan.of(StackSettings(.n8n { $0.public = [name] }))
    let open = try #require(plan.route("n8n")?.publicPaths)
    #expect(open.contains { matches($0, path) })
    #expect(!open.contains { matches($0, String(path.dropFirst(4))) })
  }

  @Test("The chat's websocket passes only while the chat is open")
  func upgrade() {
    let closed = StackPlan.of(StackSettings(.n8n()))
    let open = StackPlan.of(StackSettings(.n8n { $0.public = ["chat"] }))
    #expect(closed.route("n8n")?.upgradePaths == ["/n8n/rest/push"])
    #expect(open.route("n8n")?.upgradePaths == ["/n8n/rest/push", "/n8n/chat"])
  }

  @Test("Session cookies of one application reach no other on the same host, and all of them on their own")
  func cookies() {
    let notes = ServiceSettings("notes", at: .path("/notes/")) { $0.upstream = .tcp(host: "127.0.0.1", port: 9000) }
    let shared = StackPlan.of(StackSettings(.n8n(), .flowise(), notes))
    #expect(shared.route("n8n")?.withheldCookies == ["connect.sid", "refreshToken", "token"])
    #expect(shared.route("flowise")?.withheldCookies == ["n8n-auth"])
    #expect(shared.route("notes")?.withheldCookies == ["connect.sid", "n8n-auth", "refreshToken", "token"])
    let apart = StackPlan.of(StackSettings(.n8n(at: .host("n8n.localhost")), .flowise()))
    #expect(apart.routes.allSatisfy { $0.withheldCookies.isEmpty })
  }

  @Test("Flowise is claimed by its registration, with the password as JSON")
  func claimFlowise() throws {
    let secrets = StackSecrets(values: ["flowise-encryption-key": "k", "flowise-owner-password": #"a"b\c"#])
    let claim = try #require(StackPlan.of(StackSettings(.flowise()), secrets: secrets).claims.first)
    let request = try #require(claim.claim)
    #expect(request.method == "POST" && request.path == "/api/v1/account/register")
    let body = try JSONDecoder().decode([String: [String: String]].self, from: Data(request.body))
    #expect(body == ["user": ["name": "Leanto", "email": "owner@leanto.local", "credential": #"a"b\c"#]])
    #expect(#"{"redirectUrl":"/organization-setup"}"#.contains(claim.unclaimed))
    #expect(#"{"redirectUrl":"/signin"}"#.contains(claim.claimed))
  }

  @Test("n8n is claimed by its environment, and its public settings prove it")
  func claimN8N() throws {
    let plan = StackPlan.of(StackSettings(.n8n()))
    let claim = try #require(plan.claims.first)
    #expect(claim.claim == nil && claim.check.path == "/rest/settings")
    #expect(#"{"data":{"userManagement":{"showSetupOnFirstLoad":true}}}"#.contains(claim.unclaimed))
    #expect(plan.process("n8n")?.environment["N8N_INSTANCE_OWNER_PASSWORD_HASH"] == "$2b$10$HASH")
  }

  @Test("What the settings say about a variable wins over the preset")
  func override() {
    let plan = StackPlan.of(StackSettings(.n8n { $0.environment = ["N8N_TEMPLATES_ENABLED": "true"] }))
    #expect(plan.process("n8n")?.environment["N8N_TEMPLATES_ENABLED"] == "true")
    #expect(plan.text.contains("N8N_TEMPLATES_ENABLED=(hidden)"))
  }

  @Test(
    "A preset without one of its secrets is not started",
    arguments: StackPlan.requiredSecrets(of: StackSettings(.n8n(), .flowise())))
  func missingSecret(_ requirement: SecretRequirement) {
    var secrets = StackSecrets.dummies
    secrets.values[requirement.name] = nil
    let plan = StackPlan.of(StackSettings(.n8n(), .flowise()), secrets: secrets)
    let service = requirement.name.hasPrefix("n8n") ? "n8n" : "flowise"
    guard case .missing(_, let remedy)? = plan.service(service)?.kind else {
      Issue.record("\(service) would start without \(requirement.name)")
      return
    }
    #expect(remedy.contains(requirement.name))
  }

  @Test("A line end at the end of a secret's file is no part of it")
  func lineEnd() {
    var secrets = StackSecrets.dummies
    secrets.values["n8n-owner-hash"]? += "\r\n"
    secrets.values["n8n-encryption-key"]? += "\n"
    #expect(StackPlan.of(StackSettings(.n8n()), secrets: secrets) == StackPlan.of(StackSettings(.n8n())))
    secrets.values["n8n-encryption-key"] = "\n"
    #expect(StackPlan.of(StackSettings(.n8n()), secrets: secrets).process("n8n") == nil)
  }

  @Test("A hash is made after the password that it belongs to")
  func secretOrder() {
    let names = StackPlan.requiredSecrets(of: StackSettings(.n8n())).map(\.name)
    #expect(names == ["n8n-encryption-key", "n8n-owner-password", "n8n-owner-hash"])
  }

  @Test("Only commands that have to be found are asked for")
  func commands() {
    let settings = StackSettings(
      .n8n(), .flowise { $0.command = ["npx", "flowise", "start"] },
      ServiceSettings("own") { $0.command = ["./own"] },
      ServiceSettings("elsewhere", preset: "n8n") { $0.upstream = .tcp(host: "10.0.0.1", port: 1) })
    #expect(StackPlan.commands(of: settings) == ["n8n", "npx"])
  }

  @Test("A model is an Ollama that answers, or what is written down")
  func model() {
    #expect(StackPlan.of(StackSettings { $0.llm.models = ["gemma3:270m"] }).model?.name == "gemma3:270m")
    #expect(StackPlan.of(StackSettings(), machine: .empty).model == nil)
    #expect(StackPlan.of(StackSettings { $0.llm.api = .openai }).model == nil)
  }

  private func matches(_ open: PublicPath, _ path: String) -> Bool {
    if !open.isPrefix { return path == open.path }
    return open.path.hasSuffix("/") ? path.hasPrefix(open.path) : path == open.path || path.hasPrefix(open.path + "/")
  }
}
