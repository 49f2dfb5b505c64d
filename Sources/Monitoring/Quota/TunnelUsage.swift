package import Model

/// What went through the tunnel in one month. Pure; times are seconds since 1970.
package struct TunnelUsage: Sendable, Codable, Hashable {
  package struct Count: Sendable, Codable, Hashable {
    package var requests = 0
    package var bytes = 0

    package mutating func add(_ other: Count) {
      requests += other.requests
      bytes += other.bytes
    }
  }

  /// `2026-11`, in UTC.
  package private(set) var month = ""
  package private(set) var total = Count()
  package private(set) var connections = 0
  /// By the day of the month.
  private var days: [Int: Count] = [:]
  /// By service and path; the rest is not told apart.
  private var paths: [String: Count] = [:]
  /// The level that was warned of last, by measure.
  private var warned: [String: QuotaStatus.Level] = [:]

  /// Paths that are told apart. Visitors choose them, so there must be an end.
  static let pathLimit = 256

  package init() {}

  package mutating func add(_ record: TunnelRecord, now: Double) {
    begin(now)
    let count = Count(requests: 1, bytes: record.sent)
    total.add(count)
    days[CivilDate(time: now).day, default: Count()].add(count)
    let path = QuotaPath.group(record.path)
    if paths[path] == nil, paths.count >= Self.pathLimit { forgetCheapest() }
    paths[path, default: Count()].add(count)
  }

  package mutating func addConnections(_ count: Int, now: Double) {
    begin(now)
    connections += count
  }

  /// A new month counts from nothing.
  package mutating func begin(_ now: Double) {
    let name = CivilDate(time: now).monthName
    guard name != month else { return }
    self = TunnelUsage()
    month = name
  }

  /// Half of them at once, so that a flood of new paths costs little.
  private mutating func forgetCheapest() {
    let kept = paths.sorted { $0.value.requests > $1.value.requests }.prefix(Self.pathLimit / 2)
    paths = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
  }
}

// MARK: Against the plan

extension TunnelUsage {
  package func status(_ plan: QuotaPlan, now: Double) -> QuotaStatus {
    let measures = [
      measure("requests", total.requests, plan.requests, now) { $0.requests },
      measure("bytes", total.bytes, plan.bytes, now) { $0.bytes },
      QuotaStatus.Measure(
        name: "connections", used: connections, limit: plan.connections,
        forecast: forecast(connections, elapsedRate(connections, now), now), level: .fine),
    ]
    let costliest = costliestPaths(plan)
    return QuotaStatus(
      month: month, plan: plan.name, measures: measures, paths: costliest,
      advice: QuotaAdvice(total: total, paths: paths, measures: measures).sentences)
  }

  private func measure(
    _ name: String, _ used: Int, _ limit: Int?, _ now: Double, _ part: (Count) -> Int
  ) -> QuotaStatus.Measure {
    let forecast = forecast(used, recentRate(now, part), now)
    return QuotaStatus.Measure(name: name, used: used, limit: limit, forecast: forecast, level: Self.level(used, limit))
  }

  static func level(_ used: Int, _ limit: Int?) -> QuotaStatus.Level {
    guard let limit, limit > 0 else { return .fine }
    switch Double(used) / Double(limit) {
    case ..<0.7: return .fine
    case ..<0.9: return .high
    case ..<1: return .critical
    default: return .exhausted
    }
  }

  /// A day, of the last seven days as far as they are in this month. A first day counts whole: hours say little of a month.
  private func recentRate(_ now: Double, _ part: (Count) -> Int) -> Double {
    let today = CivilDate(time: now).day
    let recent = days.filter { $0.key > today - 7 }.values.reduce(0) { $0 + part($1) }
    return Double(recent) / max(1, min(7, Self.elapsedDays(now)))
  }

  private func elapsedRate(_ used: Int, _ now: Double) -> Double { Double(used) / max(1, Self.elapsedDays(now)) }

  private func forecast(_ used: Int, _ rate: Double, _ now: Double) -> Int {
    let left = Double(CivilDate(time: now).daysInMonth) - Self.elapsedDays(now)
    return used + Int((rate * max(0, left)).rounded())
  }

  private static func elapsedDays(_ now: Double) -> Double {
    let dayStart = (now / 86_400).rounded(.down) * 86_400
    return Double(CivilDate(time: now).day - 1) + (now - dayStart) / 86_400
  }

  private func costliestPaths(_ plan: QuotaPlan) -> [QuotaStatus.Path] {
    func cost(_ count: Count) -> Double {
      max(Double(count.requests) / Double(plan.requests ?? 100_000), Double(count.bytes) / Double(plan.bytes ?? 5_000_000_000))
    }
    return paths.sorted { (cost($0.value), $1.key) > (cost($1.value), $0.key) }.prefix(5)
      .map { QuotaStatus.Path(path: $0.key, requests: $0.value.requests, bytes: $0.value.bytes) }
  }

  /// The measures whose level rose since it was last asked: each is warned of once a month and level, over restarts too.
  package mutating func newWarnings(_ status: QuotaStatus) -> [QuotaStatus.Measure] {
    let risen = status.measures.filter { $0.level > warned[$0.name] ?? .fine }
    for measure in risen { warned[measure.name] = measure.level }
    return risen
  }
}

/// What an account's plan includes a month. Nil: no limit, or one that is not counted here.
package struct QuotaPlan: Sendable, Hashable {
  package var name: String
  package var requests: Int?
  package var bytes: Int?
  package var connections: Int?

  package init(name: String, requests: Int?, bytes: Int?, connections: Int? = nil) {
    self.name = name
    self.requests = requests
    self.bytes = bytes
    self.connections = connections
  }

  /// ngrok's plans (its documentation, pricing and limits, 2026): what is included; beyond it the paid ones cost more, and the free
  /// one turns visitors away. Its limit of connections is about TCP endpoints, of which there are none here.
  package static let ngrok: [String: QuotaPlan] = [
    "free": QuotaPlan(name: "free", requests: 20_000, bytes: 1_000_000_000),
    "hobbyist": QuotaPlan(name: "hobbyist", requests: 100_000, bytes: 5_000_000_000),
    "pay-as-you-go": QuotaPlan(name: "pay-as-you-go", requests: 100_000, bytes: 5_000_000_000),
  ]

  package static let unlimited = QuotaPlan(name: "without limits", requests: nil, bytes: nil)
}
