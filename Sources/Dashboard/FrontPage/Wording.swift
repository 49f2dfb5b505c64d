import Model

/// One sentence over all services. The page's script says the same (`summarise`).
struct Summary {
  let sentence: String
  /// `good`, `wait` or `bad`.
  let tone: String

  init(services: [ServiceStatus]) {
    let healthy = services.count { $0.state == .healthy }
    let soon = services.count { $0.state == .waiting || $0.state == .starting }
    guard !services.isEmpty else {
      (sentence, tone) = ("There are no services yet.", "wait")
      return
    }
    if healthy == services.count {
      sentence = healthy == 1 ? "The one service is healthy." : "All \(healthy) services are healthy."
    } else {
      sentence = "\(healthy) of \(services.count) services \(healthy == 1 ? "is" : "are") healthy."
    }
    tone = healthy == services.count ? "good" : healthy + soon == services.count ? "wait" : "bad"
  }
}

extension ServiceState {
  /// As `leanto status` says it.
  var word: String { self == .backingOff ? "backing off" : rawValue }
}

/// How long something has been so. The page's script says the same (`span`).
enum Span {
  static func text(seconds: Double) -> String {
    switch seconds {
    case ..<60: "just now"
    case ..<3600: "for \(Int(seconds / 60)) min"
    case ..<172_800: "for \(Int(seconds / 3600)) h"
    case 172_800...: "for \(Int(min(seconds, 1e12) / 86_400)) days"
    // Not a number.
    default: "for some time"
    }
  }
}
