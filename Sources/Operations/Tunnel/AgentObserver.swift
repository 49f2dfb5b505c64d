package import Model

/// Decides how the tunnel is, from what its process, its log and its API tell. Times are handed in: seconds since 1970.
package struct AgentObserver: Sendable {
  package enum APIAnswer: Sendable, Hashable {
    case report(AgentReport)
    /// Nothing answers in time, or something else does.
    case silent
  }

  /// So many lost sessions in so many seconds are no accident.
  static let flaps = 3
  static let flapWindow = 600.0
  /// The agent gets so many seconds to open its API.
  static let patience = 15.0
  /// An error that visitors met is told for so long while the tunnel is online.
  static let memory = 300.0

  let provider: String
  let domain: String
  /// Whose name is in the agent's API.
  let endpoint: String
  /// `http://host:port` of the tunnel listener.
  let upstream: String
  let defaultAPI: Address?
  /// Where the agent's API is.
  package private(set) var api: Address?
  package private(set) var status: TunnelStatus

  private var process: Int32?
  private var startedAt = 0.0
  private var lostSessions: [Double] = []
  private var failure: (code: Int, at: Double)?
  private var url: String?
  private var wasOnline = false
  /// Those without an API tell only whether they run.
  private var hasAPI: Bool { defaultAPI != nil }

  package init(provider: String, domain: String, endpoint: String, upstream: String, api: Address?, now: Double) {
    self.provider = provider
    self.domain = domain
    self.endpoint = endpoint
    self.upstream = upstream
    defaultAPI = api
    self.api = api
    status = TunnelStatus(provider: provider, domain: domain, state: .starting, since: now)
  }

  package mutating func handle(_ event: AgentEvent, now: Double) {
    switch event {
    case .apiStarted(let address): if hasAPI { api = address }
    case .sessionUp: break
    case .sessionLost: lostSessions.append(now)
    case .endpointUp(let url):
      self.url = url
      failure = nil
    case .failed(let code): failure = (code, now)
    }
  }

  /// As `handle`, for what an agent wrote before anybody watched: where its API is and why it is not online count still, what visitors
  /// met and sessions that were lost do not.
  package mutating func handlePast(_ event: AgentEvent, now: Double) {
    switch event {
    case .sessionLost: return
    case .failed(let code):
      if let kind = NgrokErrors.row(code)?.kind, [.quota, .service, .wait, .visitor].contains(kind) { return }
    default: break
    }
    handle(event, now: now)
  }

  /// To be called before the log's lines of the same moment are handled: they may belong to the new process.
  package mutating func note(_ service: ServiceStatus?, now: Double) {
    guard service?.processIdentifier != process else { return }
    let isRestart = process != nil
    process = service?.processIdentifier
    guard process != nil else { return }
    startedAt = now
    if isRestart {
      api = defaultAPI
      url = nil
      wasOnline = false
    }
  }

  package mutating func decide(_ service: ServiceStatus?, _ answer: APIAnswer?, now: Double) {
    lostSessions.removeAll { now - $0 > Self.flapWindow }
    var next = TunnelStatus(provider: provider, domain: domain, state: .closed, since: status.since)
    next.quota = status.quota
    if let service { judge(service, answer, &next, now) }
    if next.state != status.state { next.since = now }
    status = next
  }

  private mutating func judge(_ service: ServiceStatus, _ answer: APIAnswer?, _ next: inout TunnelStatus, _ now: Double) {
    switch service.state {
    case .missing:
      next.state = .missing
      next.problem = TunnelProblem(meaning: service.message, remedy: "leanto tunnel set")
    case .stopped: next.state = .closed
    case .waiting: next.state = .starting
    case .backingOff, .unhealthy:
      next.state = .failed
      next.problem = problem ?? ended(service)
    case .starting, .healthy:
      guard hasAPI else { return next.state = service.state == .healthy ? .online : .starting }
      switch answer {
      case .report(let report): judge(report, &next, now)
      case .silent, nil: judgeSilence(&next, now)
      }
    }
  }

  private mutating func judge(_ report: AgentReport, _ next: inout TunnelStatus, _ now: Double) {
    next.agentVersion = report.version
    next.api = api?.description
    let own = report.endpoints.first { $0.name == endpoint } ?? report.endpoints.first { Self.host(of: $0.url) == domain }
    next.strayEndpoints = report.endpoints.filter { !Self.leads($0.upstream, to: upstream) }.map { "\($0.url) to \($0.upstream)" }
    guard report.isOnline, let own else {
      next.state = wasOnline ? .reconnecting : .starting
      next.problem = problem
      if let kind = failure.flatMap({ NgrokErrors.row($0.code)?.kind }), [.settings, .account, .update].contains(kind) {
        next.state = .failed
      }
      return
    }
    wasOnline = true
    next.state = lostSessions.count >= Self.flaps ? .flapping : .online
    next.url = own.url
    (next.region, next.latency) = (report.region, report.latency)
    (next.openConnections, next.connections) = (report.openConnections, report.connections)
    next.problem = stray(next) ?? flapping(next) ?? recent(now)
  }

  private func judgeSilence(_ next: inout TunnelStatus, _ now: Double) {
    if now - startedAt < Self.patience {
      next.state = .starting
      next.problem = problem
      return
    }
    next.state = .silent
    next.problem =
      problem
      ?? TunnelProblem(
        meaning:
          "The agent runs, but its API at \(api?.description ?? "") does not answer, so nobody knows whether it is online.",
        remedy: "leanto restart tunnel")
  }

  private var problem: TunnelProblem? { failure.map { NgrokErrors.problem($0.code) } }

  private func ended(_ service: ServiceStatus) -> TunnelProblem {
    TunnelProblem(meaning: "The agent ended; its log says why.", remedy: "leanto logs tunnel")
  }

  private func stray(_ status: TunnelStatus) -> TunnelProblem? {
    guard !status.strayEndpoints.isEmpty else { return nil }
    return TunnelProblem(
      meaning: "The agent leads visitors past the door: \(status.strayEndpoints.joined(separator: ", ")).",
      remedy: "leanto restart tunnel")
  }

  private func flapping(_ status: TunnelStatus) -> TunnelProblem? {
    guard status.state == .flapping else { return nil }
    return TunnelProblem(
      meaning:
        "The agent lost its session \(lostSessions.count) times in the last 10 minutes: this machine's network is unsteady.",
      remedy: "leanto logs tunnel")
  }

  /// What visitors met a moment ago.
  private func recent(_ now: Double) -> TunnelProblem? {
    guard let failure, now - failure.at < Self.memory, let kind = NgrokErrors.row(failure.code)?.kind else { return nil }
    return [.quota, .service, .wait].contains(kind) ? NgrokErrors.problem(failure.code) : nil
  }

  /// Lower case, without scheme, port and path.
  package static func host(of url: String) -> String {
    let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
    return rest.prefix { $0 != "/" && $0 != ":" }.lowercased()
  }

  /// Agents write the same place in several ways.
  static func leads(_ place: String, to upstream: String) -> Bool {
    func plain(_ text: String) -> String {
      var text = text.hasSuffix("/") ? String(text.dropLast()) : text
      if text.hasPrefix("http://") { text.removeFirst(7) }
      return text.hasPrefix("localhost:") ? "127.0.0.1:" + text.dropFirst(10) : text
    }
    return plain(place) == plain(upstream)
  }
}
