package import Client
package import Model

/// Proves a running stack's promises from outside, as its users, its services and its tunnel see it. Leanto's own answers are
/// told from a service's by the field `Server: leanto`, which the gateway puts on the former only.
package struct Verifier: Sendable {
  let plan: VerificationPlan
  let client: HTTPClient
  var writer: ProofWriter { ProofWriter(password: plan.pass.password) }

  package init(plan: VerificationPlan, client: HTTPClient) {
    self.plan = plan
    self.client = client
  }

  /// Tells each proof as soon as it is there. Ends early when the task is cancelled.
  package func run(_ tell: (Proof) async -> Void) async {
    for route in services { await told(await internalTraffic(route), tell) }
    if services.isEmpty { await tell(writer.skipped("internal traffic", "", because: "no service has a route")) }
    await told(await forwarded(), tell)
    for route in services { await told(await externalTraffic(route), tell) }
    for route in plan.routes { await told(await basicAuth(route), tell) }
    for route in plan.routes where !route.publicPaths.isEmpty { await told(await publicPaths(route), tell) }
    for (service, path) in plan.echoPaths.sorted(by: { $0.key < $1.key }) { await told(await webSocket(service, path), tell) }
    if plan.echoPaths.isEmpty {
      await tell(writer.skipped("websocket", "", because: "no service here sends back what a websocket sends"))
    }
    await told(await model(), tell)
    await told(await stream(), tell)
  }

  package func run() async -> [Proof] {
    var proofs: [Proof] = []
    await run { proofs.append($0) }
    return proofs
  }

  private func told(_ proof: @autoclosure () async -> Proof, _ tell: (Proof) async -> Void) async {
    guard !Task.isCancelled else { return }
    let proof = await proof()
    if !Task.isCancelled { await tell(proof) }
  }

  /// Routes that lead to a service, not to Leanto's own pages.
  private var services: [Route] {
    plan.routes.filter { $0.target != .local }
  }

  /// Where somebody outside stands: the tunnel, or without one this machine.
  var outside: ListenerKind? {
    [.tunnel, .lan, .local].first { plan.listeners[$0] != nil }
  }

  /// Listeners that ask for credentials on this route.
  func guarded(_ route: Route) -> [ListenerKind] {
    let kinds: [ListenerKind] = route.authentication == .none ? [.tunnel] : [.tunnel, .lan, .local]
    return kinds.filter { plan.listeners[$0] != nil }
  }

  func send(_ probe: Probe) async -> Result<Answer, ClientError> { await probe.send(plan, client) }
}
