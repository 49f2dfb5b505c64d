import Client
import Model
import Operations
import TestSupport
import Testing

@Suite("The proof of the model's gate")
struct VerificationGateTests {
  enum Fault: CaseIterable { case none, opensToStrangers, opensToPasswords, refusesKeys, pulls, pullsWhenSpeltOddly }

  private static let key = "leanto_0123456789"

  @Test("fails where the gate lets the wrong things through, and where it does not let the right one", arguments: Fault.allCases)
  func faults(fault: Fault) async throws {
    let gateway = try ScriptedServer { connection in
      let head = try connection.readHead()
      let (isKeyed, isPassword) = (head.contains(Self.key), head.contains("Basic"))
      let path = head.split(separator: " ")[1]
      let passes =
        switch fault {
        case .none: isKeyed && path == "/llm/v1/models"
        case .opensToStrangers: path == "/llm/v1/models"
        case .opensToPasswords: (isKeyed || isPassword) && path == "/llm/v1/models"
        case .refusesKeys: false
        case .pulls: isKeyed
        case .pullsWhenSpeltOddly: isKeyed && (path == "/llm/v1/models" || path == "/llm/api/%70ull")
        }
      let status = passes ? "200 OK" : isKeyed && fault != .refusesKeys ? "403 Forbidden" : "401 Unauthorized"
      let server = passes ? "" : "Server: leanto\r\n"
      try connection.write("HTTP/1.1 \(status)\r\n\(server)Content-Length: 2\r\nConnection: close\r\n\r\n{}")
    }
    var plan = VerificationPlan(
      listeners: [.local: .tcp(host: "127.0.0.1", port: gateway.port)],
      routes: [Route(service: "llm", prefix: "/llm/", stripsPrefix: true, target: .model)],
      pass: ProbePass(user: "verify-probe", password: "s3cret-of-this-run"), gateKey: Self.key)
    let proofs = await Verifier(plan: plan, client: HTTPClient()).run().filter { $0.subject == "model gate" }
    #expect(proofs.map(\.outcome) == [fault == .none ? .proven : .failed])
    #expect(proofs.allSatisfy { !"\($0)".contains(Self.key) && (fault == .none || $0.remedy.contains("leanto")) })
    plan.gateKey = nil
    let none = await Verifier(plan: plan, client: HTTPClient()).run().filter { $0.subject == "model gate" }
    #expect(none.map(\.outcome) == [.skipped])
  }
}
