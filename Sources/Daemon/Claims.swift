import Client
import Logging
import Model
import Operations
import Stack

/// Becomes the owner of services that would take their first visitor for it. Before that nobody can reach them.
struct Claims {
  let services: DaemonServices

  func run() async {
    var done: Set<String> = []
    while !Task.isCancelled {
      let healthy = Set(await services.supervisor.statuses.filter { $0.state == .healthy }.map(\.name))
      for claim in services.plan.claims where healthy.contains(claim.service) && !done.contains(claim.service) {
        if await carryOut(claim) { done.insert(claim.service) }
      }
      try? await Task.sleep(for: .milliseconds(done.count == services.plan.claims.count ? 5000 : 250))
    }
  }

  /// True: nothing more to do. The body may hold a password and is never logged.
  private func carryOut(_ plan: ClaimPlan) async -> Bool {
    let name = ["service": plan.service] as KeyValuePairs
    guard let answer = try? await send(plan.check, to: plan.address) else { return false }
    if answer.text.contains(plan.claimed) {
      await services.noteClaim(plan.service)
      return true
    }
    guard answer.text.contains(plan.unclaimed), let claim = plan.claim else {
      services.logger.error("A service has no owner; its first visitor would become it", name)
      await services.noteClaim(plan.service, problem: "has no owner, so it stays closed: its first visitor would become it")
      return true
    }
    guard let result = try? await send(claim, to: plan.address) else { return false }
    if result.status == plan.claimedStatus {
      services.logger.info("A service has its owner now", name)
      await services.noteClaim(plan.service)
    } else {
      let problem = "answered \(result.status) instead of taking its owner, so it stays closed"
      await services.noteClaim(plan.service, problem: problem)
      services.logger.error("A service could not be claimed", ["service": plan.service, "status": "\(result.status)"])
    }
    return true
  }

  private func send(_ request: ClaimPlan.Request, to address: Address) async throws -> ClientResponse {
    let hasBody = !request.body.isEmpty
    return try await services.client.send(
      ClientRequest(
        request.method, at: address, target: request.path, fields: hasBody ? [("Content-Type", "application/json")] : [],
        body: hasBody ? request.body : nil))
  }
}
