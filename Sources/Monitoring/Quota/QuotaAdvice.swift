internal import Model

/// What saves most, by what was used most.
struct QuotaAdvice {
  let total: TunnelUsage.Count
  let paths: [String: TunnelUsage.Count]
  let measures: [QuotaStatus.Measure]

  /// A kind of traffic that is so large a part of all is worth a sentence.
  private static let share = 0.25

  private struct Rule: Sendable {
    var isMeant: @Sendable (String) -> Bool
    var sentence: String
  }

  private static let rules: [Rule] = [
    Rule(
      isMeant: { $0.split(separator: "/").contains("rest") },
      sentence: "An open n8n editor asks again and again: open it at the local address, on this machine or by the LAN, not here."),
    Rule(
      isMeant: { $0.hasSuffix("/leanto/status.json") },
      sentence: "An open front page of Leanto asks for news: close it, or open it at the local address."),
    Rule(
      isMeant: { $0.hasSuffix("/*") && !$0.split(separator: "/").contains("rest") },
      sentence:
        "Pages of applications are many files: open them at the local address, and leave webhooks and the like to the tunnel."),
  ]

  var sentences: [String] {
    guard total.requests >= 100 else { return [] }
    return Self.rules.filter { rule in
      let meant = paths.filter { rule.isMeant($0.key) }.values
      let requests = Double(meant.reduce(0) { $0 + $1.requests }) / Double(max(1, total.requests))
      let bytes = Double(meant.reduce(0) { $0 + $1.bytes }) / Double(max(1, total.bytes))
      return max(requests, bytes) >= Self.share
    }.map(\.sentence) + measures.compactMap(pace)
  }

  private func pace(_ measure: QuotaStatus.Measure) -> String? {
    guard let limit = measure.limit, measure.used < limit, measure.forecast > limit else { return nil }
    return "At this pace the month's \(measure.name) do not last."
  }
}
