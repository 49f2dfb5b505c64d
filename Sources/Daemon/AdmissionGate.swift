import Model

/// Which services requests may not reach yet. n8n says "200 OK" to a webhook while it starts and forgets it; the first visitor of
/// Flowise becomes its owner: until such a service is ready and has its owner, the gateway answers 503 with Retry-After.
struct AdmissionGate: Sendable, Hashable {
  private(set) var withheld: Set<String> = []
  private var guarded: Set<String> = []
  /// Those that have not been claimed since they were first seen.
  private var unclaimed: Set<String> = []
  private var failures: [String: String] = [:]

  /// `guarded`: services that are closed until they are healthy. `claimed`: those of them that need an owner, too.
  mutating func use(guarded: Set<String>, claims: Set<String>) {
    unclaimed = unclaimed.intersection(claims).union(claims.subtracting(self.guarded))
    failures = failures.filter { claims.contains($0.key) }
    withheld = withheld.intersection(guarded).union(guarded.subtracting(self.guarded))
    self.guarded = guarded
  }

  /// What probes say now. One that was ready and is ill is left to itself: its own answers tell more than ours.
  mutating func see(_ services: [ServiceStatus]) {
    for service in services where guarded.contains(service.name) {
      switch service.state {
      case .healthy where !unclaimed.contains(service.name): withheld.remove(service.name)
      case .healthy, .starting, .waiting, .backingOff, .stopped: withheld.insert(service.name)
      case .unhealthy, .missing: break
      }
    }
  }

  mutating func claimed(_ service: String) {
    unclaimed.remove(service)
    failures[service] = nil
  }

  mutating func couldNotClaim(_ service: String, _ why: String) { failures[service] = why }

  /// A service that nobody can use is not healthy, whatever it says itself.
  func shown(_ status: ServiceStatus) -> ServiceStatus {
    guard status.state == .healthy, withheld.contains(status.name) else { return status }
    var status = status
    let failure = failures[status.name]
    status.state = failure == nil ? .starting : .unhealthy
    status.message = failure ?? "its owner is being registered"
    return status
  }
}
