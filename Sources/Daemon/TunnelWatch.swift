import Client
import Gateway
import Logging
import Model
import Monitoring
import Operations
import Settings
import Stack

/// Watches the tunnel: its agent's process, log and API, and what goes through it.
actor TunnelWatch {
  private let directory: StackDirectory
  private let client: HTTPClient
  private let logger: Logger
  private var settings = TunnelSettings()
  private var plan: TunnelPlan?
  private var observer: AgentObserver?
  private var log: AgentLogReader?
  private var keepingFails = false
  nonisolated let meter = TunnelMeter()

  init(directory: StackDirectory, client: HTTPClient, logger: Logger) {
    self.directory = directory
    self.client = client
    self.logger = logger
  }

  /// Nil: the settings have no tunnel.
  var status: TunnelStatus? {
    guard settings.provider != .none else { return nil }
    var status =
      observer?.status
      ?? TunnelStatus(
        provider: settings.provider.rawValue, domain: settings.domain ?? "", state: .closed, since: WallTime.now())
    status.quota = meter.status(QuotaPlan(settings))
    return status
  }

  func use(_ settings: TunnelSettings, _ plan: TunnelPlan?) {
    self.settings = settings
    guard plan != self.plan else { return }
    self.plan = plan
    log = plan == nil ? nil : AgentLogReader(path: directory.log(service: TunnelPlan.service))
    observer = plan.map { plan in
      AgentObserver(
        provider: plan.provider.rawValue, domain: plan.domain, endpoint: plan.endpoint, upstream: "http://\(plan.upstream)",
        api: plan.api, now: WallTime.now())
    }
  }

  /// Counts on from what an earlier daemon counted.
  func restoreUsage() { meter.restore(directory.tunnelUsage) }

  /// Until cancelled: counts, keeps the counts each second, and warns.
  func count(_ gateway: Gateway) async {
    while !Task.isCancelled {
      meter.take(connections: gateway.tunnelConnections)
      if settings.provider != .none { warn(meter.status(QuotaPlan(settings))) }
      keepUsage()
      try? await Task.sleep(for: .seconds(1))
    }
  }

  private func warn(_ quota: QuotaStatus) {
    for measure in meter.newWarnings(quota) {
      logger.warning(
        "The tunnel's quota is nearly used up; see: leanto tunnel status",
        ["what": measure.name, "used": "\(measure.used)", "of": "\(measure.limit ?? 0)", "level": measure.level.rawValue])
    }
  }

  /// Until cancelled. Often while it is not online, so that a change is seen soon.
  func run(_ supervisor: Supervisor) async {
    while !Task.isCancelled {
      await look(supervisor)
      try? await Task.sleep(for: observer?.status.state == .online ? .seconds(3) : .milliseconds(500))
    }
  }

  private func look(_ supervisor: Supervisor) async {
    guard observer != nil else { return }
    let service = await supervisor.statuses.first { $0.name == TunnelPlan.service }
    let now = WallTime.now()
    observer?.note(service, now: now)
    let isPast = log?.hasBegun == false
    for line in log?.newLines() ?? [] {
      guard let event = AgentEvent(line: line) else { continue }
      if isPast { observer?.handlePast(event, now: now) } else { observer?.handle(event, now: now) }
    }
    let asked = plan
    let answer = service?.processIdentifier == nil ? nil : await ask()
    // Other settings may have come while the agent was asked.
    guard asked == plan else { return }
    let before = observer?.status
    observer?.decide(service, answer, now: WallTime.now())
    if let after = observer?.status { tell(before, after) }
  }

  private func ask() async -> AgentObserver.APIAnswer? {
    guard let api = observer?.api, let endpoint = plan?.endpoint else { return nil }
    guard let report = try? await AgentAPI(address: api, client: client).report(on: endpoint) else { return .silent }
    return .report(report)
  }

  private func tell(_ before: TunnelStatus?, _ after: TunnelStatus) {
    guard before?.state != after.state || before?.problem != after.problem else { return }
    let problem = after.problem.map { [$0.code, $0.meaning].filter { !$0.isEmpty }.joined(separator: ": ") } ?? ""
    switch after.state {
    case .online, .closed, .starting:
      logger.info("The tunnel's state", ["state": after.state.rawValue, "url": after.url ?? "", "problem": problem])
    default: logger.warning("The tunnel's state", ["state": after.state.rawValue, "problem": problem])
    }
  }

  func keepUsage() {
    let isKept = meter.keep(directory.tunnelUsage)
    if !isKept, !keepingFails { logger.warning("What went through the tunnel cannot be kept", ["file": directory.tunnelUsage]) }
    keepingFails = !isKept
  }
}

extension DaemonServices {
  /// `leanto tunnel up` and `down`: over restarts, until the other is said.
  func setTunnel(isOpen: Bool) async -> TunnelReport {
    do {
      try TunnelFiles(directory: directory).setClosed(!isOpen)
    } catch {
      return TunnelReport(status: await tunnel.status, problems: ["\(error)"])
    }
    let report = await reload()
    return TunnelReport(status: await tunnel.status, problems: report.problems)
  }

  /// The agent's own words may be many and quote secrets; what they mean is known.
  func explained(_ service: ServiceStatus, _ tunnel: TunnelStatus?) -> ServiceStatus {
    var service = service
    if let problem = tunnel?.problem, service.state != .missing {
      service.message = "\(problem.code) \(problem.meaning) \(problem.remedy)".trimmingFirstSpace
    }
    return service
  }
}

private extension String {
  var trimmingFirstSpace: String { hasPrefix(" ") ? String(dropFirst()) : self }
}
