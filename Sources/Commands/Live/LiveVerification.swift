import Client
import Model
import Operations

/// `leanto verify`: what there is to prove comes from the daemon; it is tried from this process, from outside.
struct LiveVerification: Sendable {
  let daemon: LiveDaemon

  func proofs(_ stack: StackDirectory) -> AsyncThrowingStream<Proof, any Error> {
    let (stream, continuation) = AsyncThrowingStream<Proof, any Error>.makeStream()
    let work = Task {
      do {
        let plan = Self.plan(try await daemon.brief(stack))
        for await proof in Verifier(plan: plan, client: HTTPClient()).proofs { continuation.yield(proof) }
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
    continuation.onTermination = { _ in work.cancel() }
    return stream
  }

  private static func plan(_ brief: VerificationBrief) -> VerificationPlan {
    let listeners = brief.listeners.compactMap { listener in Address(listener.address).map { (listener.kind, $0) } }
    return VerificationPlan(
      listeners: Dictionary(listeners, uniquingKeysWith: { first, _ in first }), publicHost: brief.publicHost,
      routes: brief.routes, unavailable: brief.unavailable, pass: brief.pass,
      model: brief.model.map {
        ModelChoice(server: $0.server, api: ModelServer.API(rawValue: $0.api) ?? .openai, name: $0.name)
      },
      echoPaths: brief.echoPaths, gateKey: brief.gateKey, tunnel: brief.tunnel, closedPaths: brief.closedPaths)
  }
}
