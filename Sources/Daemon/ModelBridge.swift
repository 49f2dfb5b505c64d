import Access
import Dashboard
import Gateway
import Logging
import Model
import Settings
import Stack

/// The listener through which containers reach a model server that listens at loopback alone. A gateway of its own, with one loop:
/// its only place is the model, and no other listener has that place.
final class ModelBridge: Sendable {
  private let gateway: Gateway
  private let policy: AccessPolicy
  private let logger: Logger
  /// Its loop is started by the first plan.
  private let isUsed = Lock(false)

  init(policy: AccessPolicy, logger: Logger, record: @escaping @Sendable ([UInt8]) -> Void) {
    self.policy = policy
    self.logger = logger
    gateway = Gateway(workers: 1, record: record)
  }

  /// Nil: nothing is forwarded any more. A bridge that cannot be opened stops nothing else.
  func use(_ plan: ModelBridgePlan?, _ settings: GatewaySettings) {
    guard
      isUsed.withLock({ used in
        used = used || plan != nil
        return used
      })
    else { return }
    var configuration = GatewayConfiguration(
      listeners: plan.map { [$0.listener] } ?? [], routes: plan?.routes ?? [], makeDoor: policy.makeDoor,
      answers: OwnAnswers.table.mapValues { AnswerBodies(text: $0.text, json: $0.json, html: $0.html) },
      handler: { _ in LocalResponse(status: 404, type: "text/plain", text: "") })
    configuration.limits = GatewayConfiguration.Limits(settings.limits)
    // While it loads a model and reads a prompt, a server sends not a byte.
    configuration.timeouts = GatewayConfiguration.Timeouts(settings.timeouts)
    configuration.timeouts.upstream = max(configuration.timeouts.upstream, 600_000)
    do {
      try gateway.apply(configuration)
    } catch {
      logger.warning(
        "The model's bridge cannot be opened", ["address": plan?.listener.address.description ?? "", "reason": "\(error)"])
    }
  }

  func run() async { await gateway.run() }
  func drain() async { await gateway.drain() }
  func stop() { gateway.stop() }
}
