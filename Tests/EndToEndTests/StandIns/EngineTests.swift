import Glibc
import Model
import TestSupport
import Testing

@Suite(
  "Caddy as the engine", .serialized, .enabled(if: Lab.hasBinary, "the release binary is not there: make build"),
  .enabled(if: Lab.hasCaddy, "Caddy is not there: Scripts/install-caddy"))
struct EngineTests {
  /// A stack with a service that may be reached without credentials and answers `script`.
  private func with(
    _ engine: String, script: @escaping ScriptedUpstream.Script = { try $0.answer() },
    _ body: (TemporaryStack, ScriptedUpstream) async throws -> Void
  ) async throws {
    let upstream = try ScriptedUpstream()
    upstream.start(script)
    defer { upstream.stop() }
    let path = Lab.caddyFolder + ":" + (Lab.environment("PATH") ?? "/usr/bin:/bin")
    let services = "  app: { upstream: \"http://127.0.0.1:\(upstream.port)\", at: /app/, public: [/open/] }"
    try await withStack(services: services, engine: engine, environment: ["PATH": path]) { try await body($0, upstream) }
  }

  private func change(_ stack: TemporaryStack, from: String, to: String) throws {
    let text = TemporaryFolder.text(of: stack.directory.settings)
    #expect(text.contains(from))
    try TemporaryFolder.write(text.replacing(from, with: to), to: stack.directory.settings)
  }

  private func caddy(_ stack: TemporaryStack) -> pid_t? {
    Processes.mentioning(stack.directory.path).first { $0.commandLine.contains("caddy run") }?.identifier
  }

  @Test("up to the other engine and back; a stream that runs is not cut, and no process stays")
  func switching() async throws {
    let isOver = Gate("the test's end")
    let slow: ScriptedUpstream.Script = { exchange in
      guard exchange.request.target.hasSuffix("/slow") else { return try exchange.answer() }
      try exchange.beginChunked()
      try exchange.chunk("first ")
      try isOver.wait(.seconds(60))
      try exchange.chunk("last")
      try exchange.endChunks()
    }
    try await with("builtin", script: slow) { stack, _ in
      try await stack.up()
      let stream = try ChildProcess(["curl", "-sN", stack.url("/app/open/slow")], folder: stack.folder)
      try await until("the stream runs") { stream.outputSoFar == "first " }
      try change(stack, from: "engine: builtin", to: "engine: caddy")
      let up = try await stack.leanto("up")
      #expect(up.status == 0 && caddy(stack) != nil, "\(up.all)")
      #expect(try await stack.statusCode(stack.url("/app/open/x")) == 200)
      #expect(try await stack.statusCode(stack.url("/app/x")) == 401)
      isOver.open()
      #expect(try await stream.outcome(within: 20).output == "first last")
      try change(stack, from: "engine: caddy", to: "engine: builtin")
      #expect(try await stack.leanto("up").status == 0)
      #expect(caddy(stack) == nil)
      #expect(try await stack.statusCode(stack.url("/app/open/x")) == 200)
      #expect(try await stack.leanto("down").status == 0)
      #expect(Processes.mentioning(stack.directory.path).map(\.commandLine) == [])
    }
  }

  @Test("A change of limits reloads Caddy, and routes change without; both keep its process")
  func reload() async throws {
    try await with("caddy") { stack, upstream in
      try await stack.up()
      let before = caddy(stack)
      let file = TemporaryFolder.text(of: stack.directory.caddyfile)
      try change(stack, from: "at: /app/", to: "at: /other/")
      #expect(try await stack.leanto("up").status == 0)
      #expect(try await stack.statusCode(stack.url("/other/open/x")) == 200)
      #expect(TemporaryFolder.text(of: stack.directory.caddyfile) == file)
      try change(stack, from: "timeouts: { drain: 5s }", to: "timeouts: { drain: 5s, connect: 7s }")
      #expect(try await stack.leanto("up").status == 0)
      #expect(TemporaryFolder.text(of: stack.directory.caddyfile).contains("dial_timeout 7000ms"))
      #expect(try await stack.statusCode(stack.url("/other/open/x")) == 200)
      let after = caddy(stack)
      #expect(before != nil && before == after)
    }
  }

  @Test("A killed daemon leaves Caddy, which lets nobody in meanwhile; the next daemon goes on with it")
  func killed() async throws {
    try await with("caddy") { stack, _ in
      try await stack.up()
      let before = caddy(stack)
      Processes.kill(try #require(stack.daemon))
      for path in ["/app/open/x", "/app/x", "/leanto/"] {
        #expect([502, 503].contains(try await stack.statusCode(stack.url(path), "-u", stack.credentials)))
      }
      try await stack.up()
      #expect(try await stack.statusCode(stack.url("/app/open/x")) == 200)
      #expect(try await stack.statusCode(stack.url("/app/x"), "-u", stack.credentials) == 200)
      #expect(before != nil && before == caddy(stack))
    }
  }

  @Test("A Caddy that a killed daemon left makes room for the built-in engine")
  func leftover() async throws {
    try await with("caddy") { stack, _ in
      try await stack.up()
      Processes.kill(try #require(stack.daemon))
      try change(stack, from: "engine: caddy", to: "engine: builtin")
      try await stack.up()
      #expect(try await stack.statusCode(stack.url("/app/open/x")) == 200)
      try await until("Caddy has ended", within: 20) { caddy(stack) == nil }
    }
  }

  @Test("Without a caddy nothing is started, and up says what to do")
  func missing() async throws {
    let services = "  app: { upstream: \"http://127.0.0.1:9\", at: /app/ }"
    try await withStack(services: services, engine: "caddy", environment: ["PATH": "/usr/bin:/bin"]) { stack in
      guard !TemporaryFolder.exists("/usr/bin/caddy") else { return }
      let up = try await stack.leanto("up")
      #expect(up.status != 0 && up.all.contains("no `caddy` in PATH") && up.all.contains("engine: builtin"), "\(up.all)")
    }
  }

  @Test("A port that is taken is named, and by whom")
  func taken() async throws {
    try await with("caddy") { stack, _ in
      let other = try ChildProcess(
        ["python3", "-m", "http.server", "--bind", "127.0.0.1", "\(stack.local)"], folder: stack.folder)
      try await until("the other listens") { try await stack.statusCode(stack.url("/")) == 200 }
      let up = try await stack.leanto("up")
      #expect(up.status != 0 && up.all.contains("gateway.local (127.0.0.1:\(stack.local)) is taken"), "\(up.all)")
      other.send(SIGKILL)
      _ = try await other.outcome(within: 5)
    }
  }
}
