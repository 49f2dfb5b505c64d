import Client
import Model
import Operations
import TestSupport
import Testing

/// In which way the edge of the test is wrong.
enum EdgeFault: String, CaseIterable, Sendable {
  case none, letsStrangersIn, asksWithoutChallenge, leadsToInternal, showsAgent, showsControl, speaksHTTP, otherName, isOffline
  case warnsBrowsers, warnsEverybody
}

/// What a visitor meets at the tunnel's public address: ngrok's edge, the agent and the gateway in one.
private struct Edge {
  let fault: EdgeFault

  func answer(_ head: String) -> String {
    let lines = head.split(whereSeparator: \.isNewline).map(String.init)
    let target = String(lines[0].split(separator: " ")[1])
    func has(_ text: String) -> Bool { lines.contains { $0.lowercased().hasPrefix(text) } }
    let isBrowser = has("user-agent: mozilla/") && !has("ngrok-skip-browser-warning")
    if fault == .isOffline { return response(404, "", "ngrok-error-code: ERR_NGROK_3200\r\n") }
    if fault == .warnsEverybody || (fault == .warnsBrowsers && isBrowser) {
      return response(200, "warning", "ngrok-error-code: ERR_NGROK_6024\r\n")
    }
    if fault == .showsAgent, target == "/api/tunnels" { return response(200, #"{"tunnels":[]}"#) }
    if fault == .showsControl, target == "/status" { return response(200, #"{"processIdentifier":1}"#) }
    if fault == .leadsToInternal, has("host: 127.0.0.1:8082") { return leanto(200, #"{"listener":"internal"}"#) }
    let right = basicCredentials(user: GatewayStandIn.pass.user, password: GatewayStandIn.pass.password)
    guard has("authorization: \(right)".lowercased()) || fault == .letsStrangersIn else {
      return leanto(401, "no", fault == .asksWithoutChallenge ? "" : "WWW-Authenticate: Basic realm=\"x\"\r\n")
    }
    guard target == VerificationPlan.whoAmI else { return leanto(404, "nothing is here") }
    let (proto, host) = (fault == .speaksHTTP ? "http" : "https", fault == .otherName ? "other.example" : "lean.example:80")
    let who =
      #"{"user":"\#(ProbePass.shownName)","client":"192.0.2.1","proto":"\#(proto)","host":"\#(host)","listener":"tunnel"}"#
    return leanto(200, who)
  }

  private func leanto(_ status: Int, _ text: String, _ more: String = "") -> String {
    response(status, text, "Server: leanto\r\n" + more)
  }

  private func response(_ status: Int, _ text: String, _ more: String = "") -> String {
    "HTTP/1.1 \(status) Word\r\n\(more)Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
  }
}

@Suite("The proofs of the tunnel")
struct TunnelProofTests {
  private func proofs(_ fault: EdgeFault, change: (inout TunnelStatus) -> Void = { _ in }) async throws -> [Proof] {
    let server = try ScriptedServer { connection in
      try connection.write(Edge(fault: fault).answer(try connection.readHead()))
    }
    defer { server.stop() }
    var tunnel = TunnelStatus(provider: "ngrok", domain: "lean.example", state: .online, since: 0)
    tunnel.url = "http://127.0.0.1:\(server.port)"
    tunnel.api = "127.0.0.1:4040"
    change(&tunnel)
    let plan = VerificationPlan(
      listeners: [.internal: .tcp(host: "127.0.0.1", port: 8082)], publicHost: "lean.example",
      routes: [Route(service: "leanto", prefix: "/leanto/", target: .local)], pass: GatewayStandIn.pass, tunnel: tunnel)
    return await Verifier(plan: plan, client: HTTPClient()).run().filter { $0.subject == "tunnel" }
  }

  @Test("A tunnel that keeps its promises", arguments: [EdgeFault.none, .warnsBrowsers])
  func good(fault: EdgeFault) async throws {
    let proofs = try await proofs(fault)
    #expect(proofs.map(\.service) == ["agent", "door", "isolation", "browsers"])
    #expect(proofs.allSatisfy { $0.outcome == .proven }, "\(proofs)")
    #expect(proofs.last?.received.contains(fault == .none ? "no warning page" : "ERR_NGROK_6024") == true)
    #expect(!proofs.contains { "\($0)".contains(GatewayStandIn.pass.password) })
  }

  @Test(
    "Each fault fails its own proof, with what to do",
    arguments: [
      (.letsStrangersIn, ["door"]), (.asksWithoutChallenge, ["door"]), (.leadsToInternal, ["isolation"]),
      (.showsAgent, ["isolation"]), (.showsControl, ["isolation"]), (.speaksHTTP, ["agent"]), (.otherName, ["agent"]),
      (.isOffline, ["agent", "door", "browsers"]), (.warnsEverybody, ["agent", "door", "browsers"]),
    ] as [(EdgeFault, [String])])
  func faults(fault: EdgeFault, services: [String]) async throws {
    let failed = try await proofs(fault).filter { $0.outcome == .failed }
    #expect(failed.map(\.service) == services)
    #expect(failed.allSatisfy { !$0.remedy.isEmpty })
    if fault == .isOffline { #expect(failed[0].remedy.contains("nothing is online under this name")) }
  }

  @Test("An endpoint that leads past the door fails the isolation")
  func stray() async throws {
    let failed = try await proofs(.none) { $0.strayEndpoints = ["https://x.example to http://localhost:5678"] }
      .filter { $0.outcome == .failed }
    #expect(failed.map(\.service) == ["isolation"])
  }

  @Test("A tunnel that is not online is skipped, with the reason")
  func offline() async throws {
    let proofs = try await proofs(.none) {
      $0.state = .failed
      $0.problem = TunnelProblem(code: "ERR_NGROK_107", meaning: "The token is wrong.", remedy: "leanto tunnel set")
    }
    #expect(proofs.map(\.outcome) == [.skipped])
    #expect(proofs.first?.received.contains("ERR_NGROK_107 The token is wrong.") == true)
  }
}
