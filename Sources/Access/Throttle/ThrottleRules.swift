internal import Settings

/// How many wrong passwords are how long a ban. Nanoseconds.
struct ThrottleRules: Sendable, Equatable {
  var wrong = 5
  var within: Int64 = 600_000_000_000
  var ban: Int64 = 600_000_000_000

  static let second: Int64 = 1_000_000_000
  private static let day = 86_400 * second

  /// Wrong passwords for one user, from whatever addresses, after which an address that he never signed in from has one try only.
  /// Nobody with the right password is ever refused by it.
  var perUser: Int { max(wrong * 10, 50) }

  /// For passwords that are checked although they need not be right. Softer: callers of webhooks have credentials of their own, and
  /// a company's may come from one address.
  var aside: ThrottleRules {
    var rules = self
    rules.wrong = max(4 * wrong, 20)
    return rules
  }

  /// A sender's `number`th ban, from 1: each is twice the one before, up to a day.
  func duration(ofBan number: Int) -> Int64 {
    let doublings = min(max(number - 1, 0), 24)
    let (product, overflowed) = ban.multipliedReportingOverflow(by: 1 << Int64(doublings))
    return overflowed ? max(ban, Self.day) : min(product, max(ban, Self.day))
  }

  /// A ban that ended longer ago than this makes the next one no longer.
  var memory: Int64 { max(Self.day, within) }

  /// Senders that are remembered at once: fewer where each may hold more times, so that all of them take at most 8 MB.
  var capacity: Int { max(256, min(8192, 1_000_000 / max(wrong, 1))) }
}

extension ThrottleRules {
  init(_ settings: AccessSettings.Throttle) {
    wrong = settings.wrong
    within = Int64(settings.within * 1e9)
    ban = Int64(settings.ban * 1e9)
  }
}
