import Client
import Model
import Operations
import TestSupport
import Testing

/// One after another: on a busy machine the pieces of thirty streams at once would arrive together.
@Suite("Verification", .serialized)
struct VerificationTests {
  let client = HTTPClient()

  @Test("A gateway that keeps its promises proves every one of them")
  func allProven() async throws {
    let (proofs, _) = try await verify([])
    #expect(proofs.filter { $0.outcome != .proven }.map(\.line) == [])
    #expect(
      proofs.map { "\($0.subject)/\($0.service)" } == [
        "internal traffic/notes", "external traffic/leanto", "external traffic/notes", "basic auth/notes", "basic auth/leanto",
        "public paths/notes", "websocket/notes", "model/gemma3:270m", "stream/leanto",
      ])
    #expect(proofs.allSatisfy { !$0.sent.isEmpty && !$0.received.isEmpty && $0.remedy.isEmpty })
  }

  /// What must fail, for each way to be wrong. Nothing else may.
  static let failures: [GatewayFault: Set<String>] = [
    .internalAsks: ["internal traffic/notes"],
    .internalHasNoRoute: ["internal traffic/notes"],
    .serviceIsDown: ["internal traffic/notes", "external traffic/notes", "public paths/notes"],
    .tunnelRefusesRightCredentials: ["external traffic/leanto", "external traffic/notes", "websocket/notes"],
    .forwardsWrongClient: ["external traffic/leanto"],
    .forwardsHTTP: ["external traffic/leanto"],
    .believesForgedUser: ["external traffic/leanto"],
    .confusesListeners: ["external traffic/leanto"],
    .keepsOwnHost: ["external traffic/leanto"],
    .letsStrangersIn: ["basic auth/notes", "basic auth/leanto", "public paths/notes", "websocket/notes"],
    .letsWrongPasswordsIn: ["basic auth/notes", "basic auth/leanto"],
    .letsNoColonIn: ["basic auth/notes", "basic auth/leanto"],
    .letsNotBase64In: ["basic auth/notes", "basic auth/leanto"],
    .readsFirstOfTwo: ["basic auth/notes", "basic auth/leanto"],
    .localDoorIsOpen: ["basic auth/notes", "basic auth/leanto"],
    .challengesWithoutField: ["basic auth/notes", "basic auth/leanto", "public paths/notes", "websocket/notes"],
    .serviceAsksInstead: ["basic auth/notes", "basic auth/leanto", "public paths/notes", "websocket/notes"],
    .answersStrangersWithBadGateway: ["basic auth/notes", "basic auth/leanto", "public paths/notes", "websocket/notes"],
    .closesPublicPath: ["public paths/notes"],
    .matchesPrefixAsText: ["public paths/notes"],
    .matchesAnyCase: ["public paths/notes"],
    .walksOutOfPublicPath: ["public paths/notes"],
    .decodesPublicPath: ["public paths/notes"],
    .refusesWebSocket: ["websocket/notes"],
    .opensWebSocketToStrangers: ["websocket/notes"],
    .echoesSomethingElse: ["websocket/notes"],
    .holdsStreamBack: ["stream/leanto"],
    .streamIsEmpty: ["stream/leanto"],
    .streamFails: ["stream/leanto"],
    .streamBreaksOff: ["stream/leanto"],
    .hangsUp: [
      "internal traffic/notes", "external traffic/leanto", "external traffic/notes", "basic auth/notes", "basic auth/leanto",
      "public paths/notes", "websocket/notes", "stream/leanto",
    ],
  ]

  @Test("Each broken promise fails its proof and no other, with what to do", arguments: GatewayFault.allCases)
  func broken(fault: GatewayFault) async throws {
    let (proofs, told) = try await verify([fault])
    let failed = proofs.filter { $0.outcome == .failed }
    #expect(Set(failed.map { "\($0.subject)/\($0.service)" }) == Self.failures[fault], "\(failed.map(\.line))")
    #expect(failed.allSatisfy { $0.remedy.contains("'leanto ") && $0.remedy.hasSuffix(".") })
    #expect(!told.contains(GatewayStandIn.pass.password))
    let right = basicCredentials(user: GatewayStandIn.pass.user, password: GatewayStandIn.pass.password)
    #expect(!told.contains(right.dropFirst(6)))
  }

  @Test("What is not there is skipped with its reason, and a gateway that is not there fails with the command to start it")
  func absent() async throws {
    let gateway = try GatewayStandIn()
    var plan = gateway.plan
    plan.listeners = [:]
    plan.echoPaths = [:]
    let skipped = await Verifier(plan: plan, client: client).run()
    #expect(skipped.allSatisfy { $0.outcome == .skipped && !$0.received.isEmpty })
    #expect(Set(skipped.map(\.subject)).count == 7)
    let deaf = try DeafPort()
    plan = gateway.plan
    plan.listeners = plan.listeners.mapValues { _ in .tcp(host: "127.0.0.1", port: deaf.port) }
    let failed = await Verifier(plan: plan, client: client).run().filter { $0.outcome != .skipped }
    #expect(failed.allSatisfy { $0.outcome == .failed && $0.remedy.contains("'leanto up'") })
  }

  @Test("A service that is known to be missing is skipped, and its door is tried all the same")
  func unavailable() async throws {
    let gateway = try GatewayStandIn([.serviceIsDown])
    var plan = gateway.plan
    plan.unavailable = ["notes": "its command is not installed"]
    let proofs = await Verifier(plan: plan, client: client).run()
    let notes = proofs.filter { $0.service == "notes" }
    #expect(notes.filter { $0.outcome == .skipped }.map(\.subject) == ["internal traffic", "external traffic", "websocket"])
    #expect(notes.filter { $0.outcome == .proven }.map(\.subject) == ["basic auth", "public paths"])
  }

  @Test("A service without a door of its own is tried at the tunnel alone")
  func openService() async throws {
    let gateway = try GatewayStandIn([.localDoorIsOpen])
    var plan = gateway.plan
    plan.routes = [GatewayStandIn.routes[0]]
    plan.routes[0].authentication = .none
    let proofs = await Verifier(plan: plan, client: client).run()
    #expect(proofs.filter { $0.outcome == .failed }.map(\.line) == [])
    #expect(proofs.contains { $0.subject == "basic auth" && $0.outcome == .proven && !$0.sent.contains("local") })
    plan.listeners[.tunnel] = nil
    let without = await Verifier(plan: plan, client: client).run()
    #expect(without.contains { $0.subject == "basic auth" && $0.outcome == .skipped && $0.received.contains("auth: none") })
  }

  @Test("A model that is missing or not served is told with the command that brings it")
  func noModel() async throws {
    let server = try ollamaStandIn(["chat-unknown-model"])
    var plan = VerificationPlan(listeners: [:], routes: [], pass: GatewayStandIn.pass)
    plan.model = ModelChoice(server: "http://127.0.0.1:\(server.port)", api: .ollama, name: "nope")
    var proof = try #require(await Verifier(plan: plan, client: client).run().first { $0.subject == "model" })
    #expect(proof.outcome == .failed && proof.received.contains("404") && proof.remedy.contains("'ollama pull nope'"))
    let deaf = try DeafPort()
    plan.model?.server = "http://127.0.0.1:\(deaf.port)"
    proof = try #require(await Verifier(plan: plan, client: client).run().first { $0.subject == "model" })
    #expect(proof.outcome == .failed && proof.remedy.contains("'ollama serve'"))
  }

  @Test("Cancelling ends the run early")
  func cancelled() async throws {
    let gateway = try GatewayStandIn()
    let task = Task { [client] in
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      return await Verifier(plan: gateway.plan, client: client).run()
    }
    #expect(await task.value.isEmpty)
  }

  private func verify(_ faults: Set<GatewayFault>) async throws -> (proofs: [Proof], told: String) {
    let (gateway, ollama) = (try GatewayStandIn(faults), try ollamaStandIn(["chat-stream"]))
    var plan = gateway.plan
    plan.model = ModelChoice(server: "http://127.0.0.1:\(ollama.port)", api: .ollama, name: "gemma3:270m")
    let proofs = await Verifier(plan: plan, client: client).run()
    return (proofs, proofs.map(\.line).joined(separator: "\n"))
  }
}

extension Proof {
  fileprivate var line: String { "\(subject)/\(service) \(outcome): \(sent) -> \(received) \(remedy)" }
}

@Suite("Look-alikes of public paths")
struct VerificationLookAlikeTests {
  static let route = Route(
    service: "n8n", prefix: "/n8n/", target: .local,
    publicPaths: [
      PublicPath(path: "/n8n/webhook/", isPrefix: true), PublicPath(path: "/n8n/webhook-leanto", isPrefix: true),
      PublicPath(path: "/n8n/hook", isPrefix: false),
    ])

  @Test("None of them is public itself, all stay within the route, and every family is there")
  func families() {
    for path in Self.route.publicPaths {
      let targets = lookAlikes(of: path, in: Self.route)
      #expect(targets.allSatisfy { $0.hasPrefix("/n8n/") })
      #expect(targets.count >= 13)
      #expect(!targets.contains("/n8n/webhook-leanto") && !targets.contains("/n8n/hook"))
    }
    let all = lookAlikes(of: Self.route.publicPaths[0], in: Self.route)
    for expected in [
      "/n8n/webhook", "/n8n/webhook/../leanto", "/n8n/webhook/%2e%2e/leanto", "/n8n/WEBHOOK/leanto", "/n8n/webhookx/leanto",
    ] {
      #expect(all.contains(expected))
    }
    #expect(lookAlikes(of: Self.route.publicPaths[2], in: Self.route).contains("/n8n/hook/leanto"))
  }

  @Test("A closed target is found where there is one")
  func closed() {
    var route = Self.route
    #expect(closedTarget(route) == "/n8n/")
    route.publicPaths = [PublicPath(path: "/n8n/", isPrefix: false)]
    #expect(closedTarget(route) == "/n8n/leanto-verify")
    route.publicPaths = [PublicPath(path: "/n8n/", isPrefix: true)]
    #expect(closedTarget(route) == nil)
  }
}
