import Glibc
import Model
import Testing

/// Both engines must do the same.
@Suite(
  "n8n and Flowise on one host", .serialized, .enabled(if: Lab.hasBinary, "the release binary is not there: make build"),
  .enabled(if: Lab.hasCaddy, "Caddy is not there: Scripts/install-caddy"))
struct PresetTests {
  @Test("run as their presets say, on either engine", .timeLimit(.minutes(5)), arguments: ["builtin", "caddy"])
  func presets(engine: String) async throws {
    try await PresetStack.with(engine) { presets in
      try await owners(presets)
      try await layout(presets)
      try await publicPaths(presets)
      try await closedPaths(presets)
      try await webhookFields(presets)
      try await locations(presets)
      try await streams(presets)
      try await internalTraffic(presets)
      try await upgrades(presets)
      try await records(presets)
      try await unchanged(presets, engine)
    }
  }

  /// Both have an owner before anybody could become it, with the password that is among the secrets.
  private func owners(_ presets: PresetStack) async throws {
    let settings = try await presets.curl("/rest/settings", on: presets.n8n)
    #expect(settings.contains(#""showSetupOnFirstLoad":false"#), "\(settings)")
    try await flowiseIsClaimed(presets)
    let json = ["-H", "Content-Type: application/json"]
    let toN8N = #"{"emailOrLdapLoginId":"owner@leanto.local","password":"\#(presets.secret("n8n-owner-password"))"}"#
    #expect(try await presets.status("/n8n/rest/login", presets.signedIn + json + ["-d", toN8N]) == 200)
    let toFlowise = #"{"email":"owner@leanto.local","password":"\#(presets.secret("flowise-owner-password"))"}"#
    let answer = try await presets.curl("/api/v1/auth/login", presets.signedIn + json + ["-d", toFlowise])
    #expect(answer.contains("connect.sid=") && answer.hasPrefix("HTTP/1.1 200"), "\(answer)")
  }

  private func flowiseIsClaimed(_ presets: PresetStack) async throws {
    try await until("Flowise has its owner", within: 30) {
      try await presets.curl("/api/v1/auth/resolve", ["-X", "POST", "-d", "{}"], on: presets.flowise).contains("/signin")
    }
  }

  private func layout(_ presets: PresetStack) async throws {
    let bare = try await presets.curl("/n8n?x=1")
    #expect(bare.hasPrefix("HTTP/1.1 308") && bare.lowercased().contains("location: /n8n/?x=1\r\n"), "\(bare)")
    #expect(try await presets.curl("/n8n/", presets.signedIn).contains("n8n (stand-in)"))
    #expect(try await presets.curl("/n8n/static/base-path.js", presets.signedIn).contains("window.BASE_PATH = '/n8n/'"))
    #expect(try await presets.curl("/", presets.signedIn).contains("Flowise (stand-in)"))
    #expect(try await presets.curl("/n8nx/rest/settings", presets.signedIn).contains("Flowise (stand-in)"))
    #expect(try await presets.curl("/leanto/whoami", presets.signedIn).contains(#""user":"ada""#))
  }

  private func publicPaths(_ presets: PresetStack) async throws {
    for port in [presets.stack.local, presets.stack.tunnel] {
      #expect(try await presets.status("/n8n/webhook/h1get", on: port) == 200)
      #expect(try await presets.status("/api/v1/prediction/\(PresetStack.flow)", ["-d", "{}"], on: port) == 200)
    }
  }

  private func closedPaths(_ presets: PresetStack) async throws {
    let paths = [
      "/", "/n8n/", "/n8n/rest/settings", "/n8n/rest/owner/setup", "/n8n/metrics", "/n8n/healthz", "/n8n/webhook-test/h1get",
      "/n8n/form/11111111-1111-4111-8111-111111111119", "/n8n/mcp/h1mcp", "/n8n/api/v1/workflows", "/api/v1/chatflows",
      "/api/v1/account/register", "/api/v1/attachments/x/y", "/chatbot/x", "/n8n/webhook/../rest/settings",
      "/n8n/webhook/%2e%2e/rest/settings", "/n8n/webhook/..%2frest/settings", "/n8n//webhook/h1get", "/N8N/webhook/h1get",
      "/n8n/WEBHOOK/h1get", "/api/v1/prediction/../chatflows", "/api/v1/prediction/%3Cx%3E", "/api/v1/acc%3Cx%3Eount/register",
    ]
    for path in paths {
      for port in [presets.stack.local, presets.stack.tunnel] {
        let status = try await presets.status(path, on: port)
        #expect([401, 404].contains(status) || path == "/api/v1/prediction/%3Cx%3E", "\(path) \(status)")
      }
    }
  }

  /// A webhook node stores what it sees: the caller's own credentials, and none of the door's, of Flowise's or of any proxy's making.
  private func webhookFields(_ presets: PresetStack) async throws {
    let cookies = "token=1; connect.sid=2; refreshToken=3; leanto-session=4; mine=5"
    let forged = [
      "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Host: evil", "Forwarded: host=evil", "Remote-User: eve", "Cookie: \(cookies)",
    ]
    let fields = forged.flatMap { ["-H", $0] } + ["-d", "{}"]
    let foreign = try await presets.curl("/n8n/webhook/h1post", fields + ["-H", "Authorization: Bearer mine"])
    #expect(foreign.contains(#""authorization":"Bearer mine""#) && foreign.contains(#""cookie":"mine=5""#), "\(foreign)")
    #expect(
      foreign.contains(#""x-forwarded-for":"127.0.0.1""#) && !foreign.contains("evil") && !foreign.contains("eve"), "\(foreign)")
    let own = try await presets.curl("/n8n/webhook/h1post", fields + presets.signedIn)
    #expect(own.hasPrefix("HTTP/1.1 200") && !own.contains("authorization"), "\(own)")
    let far = try await presets.curl(
      "/n8n/webhook/h1post", ["-d", "{}", "-H", "X-Forwarded-For: 6.6.6.6, 203.0.113.9", "-H", "X-Forwarded-Proto: https"],
      on: presets.stack.tunnel)
    #expect(far.contains(#""x-forwarded-for":"203.0.113.9""#) && far.contains(#""x-forwarded-proto":"https""#), "\(far)")
  }

  /// n8n's own links get the prefix; what a workflow answers is its own.
  private func locations(_ presets: PresetStack) async throws {
    let docs = try await presets.curl("/n8n/api/v1/docs", presets.signedIn)
    #expect(docs.hasPrefix("HTTP/1.1 301") && docs.contains("Location: /n8n/api/v1/docs/\r\n"), "\(docs)")
    let answer = try await presets.curl("/n8n/webhook/h1redirect?to=/elsewhere")
    #expect(answer.hasPrefix("HTTP/1.1 302") && answer.contains("Location: /elsewhere\r\n"), "\(answer)")
  }

  private func streams(_ presets: PresetStack) async throws {
    let question = ["-N", "-H", "Content-Type: application/json", "-d", #"{"question":"hi","streaming":true}"#]
    let events = try await presets.curl("/api/v1/prediction/\(PresetStack.flow)", question)
    #expect(events.contains("message:\ndata:{\"event\":\"token\"") && events.contains("[DONE]"), "\(events)")
    let items = try await presets.curl("/n8n/webhook/h1stream", ["-d", "{}"])
    #expect(items.contains(#"{"type":"begin""#) && items.contains(#"{"type":"end""#), "\(items)")
  }

  /// Without credentials, through the listener that only this stack's services use.
  private func internalTraffic(_ presets: PresetStack) async throws {
    let json = ["-H", "Content-Type: application/json"]
    let toN8N = try await presets.curl("/api/v1/prediction/\(PresetStack.callsN8N)", json + ["-d", #"{"question":"q"}"#])
    #expect(toN8N.contains("seen") && toN8N.hasPrefix("HTTP/1.1 200"), "\(toN8N)")
    let toFlowise = try await presets.curl("/n8n/webhook/to-flowise", json + ["-d", #"{"question":"from n8n"}"#])
    #expect(toFlowise.contains(#""question":"from n8n""#), "\(toFlowise)")
    let question = #"{"model":"gemma3:270m","messages":[{"role":"user","content":"hi"}],"stream":false}"#
    for path in ["/n8n/webhook/to-model", "/api/v1/prediction/\(PresetStack.callsModel)"] {
      let answer = try await presets.curl(path, json + ["-d", question])
      #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains("choices"), "\(path) \(answer)")
    }
  }

  /// n8n would leave any other path's handshake without an answer.
  private func upgrades(_ presets: PresetStack) async throws {
    let handshake = [
      "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13", "-H",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    #expect(try await presets.status("/n8n/healthz", presets.signedIn + handshake) == 403)
    #expect(try await presets.status("/n8n/webhook/h1get", handshake) == 401)
    #expect(try await presets.status("/n8n/rest/push?pushRef=r1", handshake) == 401)
  }

  /// One for each request, whichever engine forwarded it, with the client that the agent named.
  private func records(_ presets: PresetStack) async throws {
    try await until("the records are written", within: 10) {
      let log = TemporaryFolder.text(of: presets.stack.directory.accessLog)
      let wanted =
        #""listener":"tunnel","client":"203.0.113.9","service":"n8n","request":"POST /n8n/webhook/h1post","status":200"#
      return log.contains(wanted) && log.contains("/n8n/rest/push?...")
        && log.contains(#""user":"ada","service":"n8n","request":"POST /n8n/rest/login","status":200"#)
    }
    let log = TemporaryFolder.text(of: presets.stack.directory.accessLog)
    #expect(!log.contains("pushRef"))
  }

  private func unchanged(_ presets: PresetStack, _ engine: String) async throws {
    let again = try await presets.stack.leanto("up")
    #expect(again.status == 0 && again.output.contains("nothing to do"), "\(again.all)")
    let names = try await presets.stack.status().services.map(\.name)
    #expect(names.contains("gateway") == (engine == "caddy"))
  }
}

extension PresetTests {
  @Test(
    "A person signs in at the door, opens both, has n8n's push and Flowise's stream, and signs out", .timeLimit(.minutes(3)),
    .enabled(if: Lab.hasBrowser && Lab.hasApplications, "Chromium is not there: Scripts/install-test-tools"),
    arguments: ["builtin", "caddy"])
  func journey(engine: String) async throws {
    struct Report: Decodable {
      struct Result: Decodable {
        var n8n: Int
        var push: String
        var flowise: String
        var pieces: Int
        var signedOut: Bool
      }
      var result: Result
      var problems: [String]
    }
    try await PresetStack.with(engine, access: "{ throttle: off, sign-in: page }") { presets in
      try await flowiseIsClaimed(presets)
      let outcome = try await presets.stack.python(
        "presets.py",
        [
          "base": presets.stack.url(""), "screenshots": Lab.screenshots, "flow": PresetStack.flow,
          "n8n-password": presets.secret("n8n-owner-password"), "flowise-password": presets.secret("flowise-owner-password"),
          "engine": engine,
        ])
      let report = try #require(try? decoded(Report.self, from: outcome.output), "the browser could not do it: \(outcome.all)")
      #expect(report.problems == [], "\(outcome.all)")
      #expect(report.result.n8n == 200 && report.result.push == "echo hello")
      #expect(report.result.flowise == "200 200" && report.result.pieces >= 4)
      #expect(report.result.signedOut)
    }
  }
}
