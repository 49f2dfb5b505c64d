import Glibc
import Model
import Testing

@Suite(
  "The tunnel, with a stand-in for ngrok's agent", .serialized, .enabled(if: Lab.hasBinary, "needs build/leanto (make build)"))
struct TunnelTests {
  @Test("Visitors arrive behind the door, and verify proves the tunnel")
  func online() async throws {
    let port = try Lab.freePort()
    try await withTunnel(services: Hello.service(port: port)) { tunnel in
      try await tunnel.stack.up()
      let url = try await tunnel.url()
      #expect(try await tunnel.stack.statusCode(url + "/hello/") == 401)
      let who = try await tunnel.stack.curl("-u", tunnel.stack.credentials, url + "/leanto/whoami")
      let told: WhoAmI = try decoded(from: who)
      #expect(told.listener == "tunnel" && told.proto == "https" && told.client == "127.0.0.1" && told.user == "ada")
      let fields = try await tunnel.stack.curl("-u", tunnel.stack.credentials, "-H", "X-Forwarded-For: 6.6.6.6", url + "/hello/")
      #expect(!fields.contains("6.6.6.6"))
      let verified = try await tunnel.stack.leanto("verify")
      #expect(verified.status == 0, "\(verified.all)")
      for proof in ["agent", "door", "isolation", "browsers"] {
        #expect(verified.output.contains("proven      tunnel: \(proof)"))
      }
      let shown = try await tunnel.stack.leanto("tunnel", "status")
      #expect(shown.status == 0 && shown.output.contains("Agent       ngrok 3.39.10"))
    }
  }

  @Test(
    "A wrong token is explained, and shown nowhere",
    arguments: [("revoked_abcdefghijklmnop", 107), ("2abc.defghijklmnopqrst", 105)])
  func wrongToken(token: String, code: Int) async throws {
    try await withTunnel(token: token) { tunnel in
      _ = try await tunnel.stack.leanto("up", within: 180)
      let status = try await tunnel.waitFor(.failed)
      #expect(status.problem?.code == "ERR_NGROK_\(code)")
      #expect(status.problem?.remedy == "leanto tunnel set")
      let outputs = [
        try await tunnel.stack.leanto("tunnel", "status").all, try await tunnel.stack.leanto("status").all,
        try await tunnel.stack.leanto("logs", "tunnel").all, try await tunnel.stack.leanto("tunnel", "check").all,
        TemporaryFolder.text(of: tunnel.stack.directory.log(service: "tunnel")),
        TemporaryFolder.text(of: tunnel.stack.directory.daemonLog),
        TemporaryFolder.text(of: tunnel.stack.directory.run + "/ngrok.yml"),
      ]
      for output in outputs { #expect(!output.contains(token), "\(output)") }
      #expect(outputs[4].contains("Your authtoken: (hidden)"))
      // The right one mends it, without a restart of the stack.
      _ = try await tunnel.stack.leanto("tunnel", "set", input: TunnelStack.token + "\n")
      try await tunnel.waitFor(.online)
    }
  }

  @Test("A domain that another agent has: why it is not online, and online once that one ends")
  func taken() async throws {
    let locks = try TemporaryFolder()
    defer { locks.remove() }
    let behaviour = "{\"locks\": \"\(locks.path)\"}"
    try await withTunnel(behaviour: behaviour) { first in
      try await first.stack.up()
      try await first.waitFor(.online)
      try await withTunnel(behaviour: behaviour) { second in
        // Its proofs cannot all succeed.
        _ = try await second.stack.leanto("up", within: 180)
        try await until("the reason is told", within: 20) { try await second.status().problem?.code == "ERR_NGROK_334" }
        #expect(try await second.status().state != .online)
        _ = try await first.stack.leanto("tunnel", "down")
        let status = try await second.waitFor(.online)
        #expect(status.problem == nil)
      }
    }
  }

  @Test("A name of another account is a failure of the settings")
  func otherAccount() async throws {
    try await withTunnel(behaviour: "{\"domains\": [\"mine.localhost\"]}") { tunnel in
      _ = try await tunnel.stack.leanto("up", within: 180)
      #expect(try await tunnel.waitFor(.failed).problem?.code == "ERR_NGROK_320")
    }
  }

  @Test("An agent that loses its session again and again flaps")
  func flapping() async throws {
    try await withTunnel(behaviour: "{\"flap\": 0.8}") { tunnel in
      _ = try await tunnel.stack.leanto("up", within: 180)
      #expect(try await tunnel.waitFor(.flapping).problem?.meaning.contains("lost its session") == true)
    }
  }

  @Test("An API that hangs: the state is not known, and the daemon goes on")
  func hanging() async throws {
    try await withTunnel(behaviour: "{\"api\": \"hang\"}") { tunnel in
      try await tunnel.stack.up()
      #expect(try await tunnel.status().state == .starting)
      #expect(try await tunnel.waitFor(.silent).problem?.remedy == "leanto restart tunnel")
    }
  }

  @Test("A web port that moved is found, and so are older agents", arguments: ["{}", "{\"api\": \"old\"}"])
  func movedPort(behaviour: String) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    // Whoever has it, it is taken.
    let other = try ChildProcess([Hello.python, "-m", "http.server", "4040", "--bind", "127.0.0.1"], folder: folder)
    try await until("the port is taken") { Processes.isRunning(other.identifier) }
    try await Task.sleep(for: .milliseconds(500))
    try await withTunnel(behaviour: behaviour) { tunnel in
      try await tunnel.stack.up()
      let status = try await tunnel.waitFor(.online)
      #expect(status.api != nil && status.api != "127.0.0.1:4040")
      #expect(status.agentVersion == "3.39.10")
    }
    try await other.end()
  }

  @Test("Closed stays closed, over restarts too, until it is opened")
  func closed() async throws {
    try await withTunnel { tunnel in
      try await tunnel.stack.up()
      let url = try await tunnel.url()
      let down = try await tunnel.stack.leanto("tunnel", "down")
      #expect(down.status == 0 && down.output.contains("closed"), "\(down.all)")
      #expect(try await tunnel.stack.statusCode(url) == 0)
      _ = try await tunnel.stack.leanto("down")
      try await tunnel.stack.up()
      #expect(try await tunnel.status().state == .closed)
      let up = try await tunnel.stack.leanto("tunnel", "up")
      #expect(up.status == 0 && up.output.contains("online"), "\(up.all)")
    }
  }

  @Test("What goes through is counted, over kill -9 too; a quota that is over is said")
  func quota() async throws {
    try await withTunnel(behaviour: "{\"requests\": 120}") { tunnel in
      try await tunnel.stack.up()
      let url = try await tunnel.url()
      let before = try await requests(tunnel)
      for _ in 0..<20 { _ = try await tunnel.stack.statusCode(url + "/somewhere/4711") }
      try await until("they are counted") { try await requests(tunnel) >= before + 20 }
      #expect(try await tunnel.status().quota?.paths.contains { $0.path == "/somewhere/*" } == true)
      try await Task.sleep(for: .milliseconds(1500))
      Processes.kill(try #require(tunnel.stack.daemon))
      try await tunnel.stack.up()
      #expect(try await requests(tunnel) >= before + 20)
      var last = 0
      for _ in 0..<120 where last != 429 { last = try await tunnel.stack.statusCode(url) }
      #expect(last == 429)
      try await until("the reason is told") { try await tunnel.status().problem?.code == "ERR_NGROK_727" }
    }
  }

  private func requests(_ tunnel: TunnelStack) async throws -> Int {
    try await tunnel.status().quota?.measures.first { $0.name == "requests" }?.used ?? 0
  }

  @Test("A reload of a page by the tunnel asks for the page alone; by the local address for all of its files")
  func reload() async throws {
    let port = try Lab.freePort()
    let services = "  flowise: { preset: flowise, upstream: \"http://127.0.0.1:\(port)\", at: /, health: { http: / } }"
    try await withTunnel(services: services) { tunnel in
      let program = [Hello.python, Lab.program("assets.py")]
      let application = try ChildProcess(program, environment: ["PORT": "\(port)"], folder: tunnel.tools)
      try await tunnel.stack.up()
      let url = try await tunnel.url()
      let door = "Basic " + base64(tunnel.stack.credentials)
      // Python asks the system for names, which may not know those below localhost.
      let numeric = url.replacing("lean.localhost", with: "127.0.0.1")
      func loads(_ address: String) async throws -> String {
        let run = try ChildProcess(program + ["reload", address], environment: ["DOOR": door], folder: tunnel.tools)
        let outcome = try await run.outcome(within: 60)
        return outcome.status == 0 ? outcome.output : outcome.all
      }
      #expect(try await loads(numeric) == "61 1\n")
      #expect(try await loads(tunnel.stack.url("")) == "61 61\n")
      try await application.end()
    }
  }

  private func base64(_ text: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bytes = Array(text.utf8)
    return stride(from: 0, to: bytes.count, by: 3).map { start -> String in
      let group = bytes[start..<min(start + 3, bytes.count)]
      let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      let digits = (0..<4).map { String(alphabet[value >> (18 - 6 * $0) & 63]) }
      return digits.prefix(group.count + 1).joined() + String(repeating: "=", count: 3 - group.count)
    }.joined()
  }
}
