package import Client
package import Model

/// Proves a running stack's promises from outside, as its users, its services and its tunnel see it. Leanto's own answers are
/// told from a service's by the field `Server: leanto`, which the gateway puts on the former only.
package struct Verifier: Sendable {
  let plan: VerificationPlan
  let client: HTTPClient
  var writer: ProofWriter { ProofWriter(password: plan.pass.password, key: plan.gateKey ?? "") }

  package init(plan: VerificationPlan, client: HTTPClient) {
    self.plan = plan
    self.client = client
  }

  /// Each proof as soon as it is there; a sequence to be read once or again, each time anew. It ends early when the task is
  /// cancelled.
  package var proofs: Proofs { Proofs(steps: steps) }

  package func run() async -> [Proof] {
    var all: [Proof] = []
    for await proof in proofs { all.append(proof) }
    return all
  }

  private var steps: [Proofs.Step] {
    var steps = services.map { route -> Proofs.Step in { await internalTraffic(route) } }
    if services.isEmpty { steps.append { writer.skipped("internal traffic", "", because: "no service has a route") } }
    steps.append { await forwarded() }
    steps += services.map { route in { await externalTraffic(route) } }
    steps += plan.routes.filter { $0.target != .model }.map { route in { await basicAuth(route) } }
    steps += plan.routes.filter { $0.target == .model }.map { route in { await modelGate(route) } }
    steps += plan.routes.filter { !$0.publicPaths.isEmpty }.map { route in { await publicPaths(route) } }
    steps += plan.routes.filter { plan.closedPaths[$0.service] != nil }.map { route in { await closedPaths(route) } }
    steps += plan.echoPaths.sorted { $0.key < $1.key }.map { echo in { await webSocket(echo.key, echo.value) } }
    if plan.echoPaths.isEmpty {
      steps.append { writer.skipped("websocket", "", because: "no service here sends back what a websocket sends") }
    }
    return steps + tunnelSteps + [{ await model() }, { await stream() }]
  }

  /// Routes that lead to a service, not to Leanto's own pages.
  private var services: [Route] {
    plan.routes.filter { $0.target != .local && $0.target != .model }
  }

  /// Where somebody outside stands: the tunnel, or without one this machine. The LAN's listener speaks TLS with a certificate of
  /// its own and is not tried yet.
  var outside: ListenerKind? {
    [.tunnel, .local].first { plan.listeners[$0] != nil }
  }

  /// Listeners that ask for credentials on this route.
  func guarded(_ route: Route) -> [ListenerKind] {
    let kinds: [ListenerKind] = route.authentication == .none ? [.tunnel] : [.tunnel, .local]
    return kinds.filter { plan.listeners[$0] != nil }
  }

  func send(_ probe: Probe) async -> Result<Answer, ClientError> { await probe.send(plan, client) }
}

package struct Proofs: AsyncSequence, Sendable {
  package typealias Element = Proof
  package typealias Failure = Never
  typealias Step = @Sendable () async -> Proof

  let steps: [Step]

  package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(steps: steps[...]) }

  package struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate var steps: ArraySlice<Step>

    package mutating func next() async -> Proof? {
      guard !Task.isCancelled, let step = steps.popFirst() else { return nil }
      let proof = await step()
      // A proof that was cut off says nothing.
      return Task.isCancelled ? nil : proof
    }

    package mutating func next(isolation actor: isolated (any Actor)?) async -> Proof? { await next() }
  }
}
