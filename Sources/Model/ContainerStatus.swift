/// A container as Docker tells of it.
package struct ContainerStatus: Sendable, Codable, Hashable {
  /// Docker's word: created, running, paused, restarting, removing, exited, dead.
  package var state: String
  /// Its health check's word: starting, healthy, unhealthy; empty without one.
  package var health: String
  /// The first 12 digits.
  package var identifier: String
  package var image: String
  /// `sha256:...`: what stands behind the image's tag.
  package var digest: String
  /// Bytes in use; nil: not known.
  package var memory: Int?
  /// Bytes; nil: no limit.
  package var memoryLimit: Int?
  /// As `127.0.0.1:5678->5678`.
  package var ports: [String]
  /// How it ended the last time that it ended by itself; empty: it did not.
  package var lastEnd: String
  /// Seconds since 1970; 0: never.
  package var startedAt: Double

  package init(
    state: String, health: String = "", identifier: String = "", image: String = "", digest: String = "", memory: Int? = nil,
    memoryLimit: Int? = nil, ports: [String] = [], lastEnd: String = "", startedAt: Double = 0
  ) {
    self.state = state
    self.health = health
    self.identifier = identifier
    self.image = image
    self.digest = digest
    self.memory = memory
    self.memoryLimit = memoryLimit
    self.ports = ports
    self.lastEnd = lastEnd
    self.startedAt = startedAt
  }
}

/// What is known of one service's container, and what is being done about it.
package struct ContainerReport: Sendable, Hashable {
  /// Nil: there is none.
  package var container: ContainerStatus?
  /// Such as `its image is being fetched (40 %)`; empty: nothing is being done.
  package var work: String
  /// Why nothing can be done, with the command that mends it; empty: nothing is wrong.
  package var problem: String
  package var restarts: Int

  package init(container: ContainerStatus?, work: String = "", problem: String = "", restarts: Int = 0) {
    self.container = container
    self.work = work
    self.problem = problem
    self.restarts = restarts
  }
}

extension ServiceStatus {
  /// What probes say of a service, together with what Docker says of its container.
  package func merged(with report: ContainerReport) -> ServiceStatus {
    var status = self
    status.container = report.container
    status.restarts += report.restarts
    (status.state, status.message) = verdict(report)
    return status
  }

  private func verdict(_ report: ContainerReport) -> (ServiceState, String) {
    guard let container = report.container else {
      // Nothing that is waited for would mend it.
      if !report.problem.isEmpty { return (.stopped, report.problem) }
      return (.starting, report.work.isEmpty ? "its container is being made" : report.work)
    }
    switch container.state {
    case "running": return running(container, report)
    case "restarting": return (.backingOff, container.lastEnd.isEmpty ? "ended, and is started again" : container.lastEnd)
    case "paused": return (.unhealthy, "is paused; go on with: docker unpause \(container.identifier)")
    case "created": return report.problem.isEmpty ? (.starting, report.work) : (.stopped, report.problem)
    default:
      let end = container.lastEnd.isEmpty ? "its container does not run" : container.lastEnd
      return (.backingOff, report.problem.isEmpty ? end : "\(end); \(report.problem)")
    }
  }

  private func running(_ container: ContainerStatus, _ report: ContainerReport) -> (ServiceState, String) {
    // Its own check counts where nothing is asked from outside: then the probe has nothing to say but that it lives.
    if address.isEmpty, state == .healthy, container.health == "unhealthy" { return (.unhealthy, "its health check fails") }
    if address.isEmpty, state == .healthy, container.health == "starting" { return (.starting, "") }
    if state == .healthy { return (.healthy, report.problem) }
    return (state, message.isEmpty ? report.problem : message)
  }
}
