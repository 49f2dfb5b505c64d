import Model

/// The tunnel for people: in a line or two for `status`, whole for `tunnel status`.
struct TunnelText {
  var tunnel: TunnelStatus
  /// Seconds since 1970; nil leaves out how long.
  var now: Double?
  var style: Style

  var brief: String { headline + problem + quotaLine }
  var whole: String { headline + agent + problem + quota }

  private var headline: String {
    let place = tunnel.state == .online || tunnel.state == .flapping ? " at \(tunnel.url ?? "https://\(tunnel.domain)")" : ""
    let span = now.map { " for \(StatusText.duration($0 - tunnel.since))" } ?? ""
    let hint = tunnel.state == .closed ? "; open it: leanto tunnel up" : ""
    return TextBlock.labelled("Tunnel", "\(tunnel.state.rawValue)\(place)\(span)\(hint)")
  }

  private var agent: String {
    var parts = [tunnel.provider + (tunnel.agentVersion.map { " " + $0 } ?? "")]
    if let region = tunnel.region { parts.append("region \(region)") }
    if let latency = tunnel.latency { parts.append("\(StatusText.rounded(latency)) ms away") }
    if let open = tunnel.openConnections { parts.append("\(open) connections open") }
    if let all = tunnel.connections { parts.append("\(all) since it started") }
    return TextBlock.labelled("Agent", parts.joined(separator: ", "))
  }

  private var problem: String {
    guard let problem = tunnel.problem else { return "" }
    let code = problem.code.isEmpty ? "" : problem.code + ": "
    return TextBlock.labelled("Problem", code + problem.meaning) + TextBlock.labelled("", "Try: \(problem.remedy)")
  }
}

// MARK: Quota

extension TunnelText {
  /// Only when there is something to worry about.
  private var quotaLine: String {
    guard let quota = tunnel.quota, quota.level > .fine else { return "" }
    let worst = quota.measures.filter { $0.level > .fine }.map { Self.words($0) }.joined(separator: ", ")
    return TextBlock.labelled("Quota", "\(quota.level.rawValue): \(worst); see: leanto tunnel status")
  }

  private var quota: String {
    guard let quota = tunnel.quota else { return "" }
    let rows = quota.measures.map { measure in
      [
        TextTable.Cell(measure.name), .init(Self.amount(measure.used, measure.name)),
        .init(measure.limit.map { Self.amount($0, measure.name) } ?? "no limit"),
        .init(Self.amount(measure.forecast, measure.name)), .init(measure.level.rawValue, Self.colour(measure.level)),
      ]
    }
    let table = TextTable(header: ["In \(quota.month)", "Used", "Plan \(quota.plan)", "By its end", "Is"], rows: rows).text(style)
    return "\n" + table + paths(quota) + quota.advice.map { TextBlock.labelled("Advice", $0) }.joined()
  }

  private func paths(_ quota: QuotaStatus) -> String {
    guard !quota.paths.isEmpty else { return "" }
    let rows = quota.paths.map { path in
      [TextTable.Cell(path.path), .init("\(path.requests)"), .init(Self.amount(path.bytes, "bytes"))]
    }
    return "\n" + TextTable(header: ["Costliest paths", "Requests", "Sent"], rows: rows).text(style)
  }

  private static func words(_ measure: QuotaStatus.Measure) -> String {
    let limit = measure.limit.map { " of \(amount($0, measure.name))" } ?? ""
    return "\(measure.name) \(amount(measure.used, measure.name))\(limit)"
  }

  /// Bytes in the units that providers count in: 1 GB is 10^9.
  static func amount(_ number: Int, _ measure: String) -> String {
    guard measure == "bytes" else { return "\(number)" }
    switch number {
    case ..<1000: return "\(number) B"
    case ..<1_000_000: return StatusText.rounded(Double(number) / 1e3) + " kB"
    case ..<1_000_000_000: return StatusText.rounded(Double(number) / 1e6) + " MB"
    default: return StatusText.rounded(Double(number) / 1e9) + " GB"
    }
  }

  private static func colour(_ level: QuotaStatus.Level) -> Style.Colour {
    switch level {
    case .fine: .green
    case .high: .yellow
    case .critical, .exhausted: .red
    }
  }
}
