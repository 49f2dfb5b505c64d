/// The tunnel as the daemon sees it: what `leanto tunnel status` shows.
package struct TunnelStatus: Sendable, Codable, Hashable {
  package enum State: String, Sendable, Codable, CaseIterable {
    /// Closed by `leanto tunnel down`.
    case closed
    /// Its agent cannot run: no program, or no token.
    case missing
    case starting
    case online
    /// The agent runs and tries to reach its provider.
    case reconnecting
    /// Online, but it lost its session again and again.
    case flapping
    /// The agent ended, or says that it cannot go on.
    case failed
    /// The agent runs, but its API does not answer: how it is nobody knows.
    case silent
  }

  package var provider: String
  package var domain: String
  package var state: State
  /// Where visitors reach it, as the agent says.
  package var url: String?
  package var region: String?
  /// Milliseconds to the provider.
  package var latency: Double?
  /// Open connections of visitors, and all since the agent started.
  package var openConnections: Int?
  package var connections: Int?
  package var agentVersion: String?
  /// `host:port` of the agent's own API, on loopback.
  package var api: String?
  /// Endpoints of the agent that lead elsewhere than to the tunnel listener: there should be none.
  package var strayEndpoints: [String] = []
  /// Seconds since 1970 of the last change of state.
  package var since: Double
  package var problem: TunnelProblem?
  package var quota: QuotaStatus?

  package init(provider: String, domain: String, state: State, since: Double, problem: TunnelProblem? = nil) {
    self.provider = provider
    self.domain = domain
    self.state = state
    self.since = since
    self.problem = problem
  }
}

/// What keeps a tunnel from working.
package struct TunnelProblem: Sendable, Codable, Hashable {
  /// `ERR_NGROK_334`; empty: the provider has no number for it.
  package var code: String
  /// A sentence.
  package var meaning: String
  /// A command to type, or what to do elsewhere.
  package var remedy: String

  package init(code: String = "", meaning: String, remedy: String) {
    self.code = code
    self.meaning = meaning
    self.remedy = remedy
  }
}

/// What went through the tunnel this month, counted here, against what the plan includes.
package struct QuotaStatus: Sendable, Codable, Hashable {
  package enum Level: String, Sendable, Codable, Comparable {
    case fine, high, critical, exhausted
    package static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
    private var rank: Int { [.fine, .high, .critical, .exhausted].firstIndex(of: self) ?? 0 }
  }

  package struct Measure: Sendable, Codable, Hashable {
    /// `requests`, `bytes`, `connections`.
    package var name: String
    package var used: Int
    /// Nil: the plan has no limit.
    package var limit: Int?
    /// To the month's end, as the last days went.
    package var forecast: Int
    package var level: Level

    package init(name: String, used: Int, limit: Int?, forecast: Int, level: Level) {
      self.name = name
      self.used = used
      self.limit = limit
      self.forecast = forecast
      self.level = level
    }
  }

  package struct Path: Sendable, Codable, Hashable {
    package var path: String
    package var requests: Int
    package var bytes: Int

    package init(path: String, requests: Int, bytes: Int) {
      self.path = path
      self.requests = requests
      self.bytes = bytes
    }
  }

  /// `2026-11`, in UTC.
  package var month: String
  package var plan: String
  package var measures: [Measure]
  /// The costliest first.
  package var paths: [Path]
  package var advice: [String]

  package var level: Level { measures.map(\.level).max() ?? .fine }

  package init(month: String, plan: String, measures: [Measure], paths: [Path], advice: [String]) {
    self.month = month
    self.plan = plan
    self.measures = measures
    self.paths = paths
    self.advice = advice
  }
}
