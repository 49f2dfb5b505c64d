/// What a program's key opens, and how often.
package struct KeyScope: Sendable, Hashable {
  /// The name of a service that is none: the model, behind its gate.
  package static let model = "llm"

  /// A service's name, or `model`.
  package var service: String
  /// Methods in upper case; empty: all.
  package var verbs: [String]
  /// Seconds since 1970. Nil: never over.
  package var expires: Double?
  package var rate: KeyRate?
  /// Of the model's gate: names of models as a request writes them; empty: all.
  package var models: [String]

  package init(
    service: String, verbs: [String] = [], expires: Double? = nil, rate: KeyRate? = nil, models: [String] = []
  ) {
    self.service = service
    self.verbs = verbs
    self.expires = expires
    self.rate = rate
    self.models = models
  }
}

/// So many requests at once, and then as many in each span of time.
package struct KeyRate: Sendable, Hashable {
  package enum Unit: String, Sendable, Hashable, CaseIterable {
    case second = "s"
    case minute = "min"
    case hour = "h"
    case day = "d"

    package var seconds: Int {
      switch self {
      case .second: 1
      case .minute: 60
      case .hour: 3600
      case .day: 86_400
      }
    }
  }

  /// From 1 to 1,000,000.
  package var count: Int
  package var unit: Unit

  package init(count: Int, unit: Unit) {
    self.count = count
    self.unit = unit
  }

  /// `60/min`. Nil: it is not written so.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(parts[0]),
      (1...1_000_000).contains(count), let unit = Unit(rawValue: String(parts[1]))
    else { return nil }
    self.init(count: count, unit: unit)
  }
}

extension KeyRate: CustomStringConvertible {
  package var description: String { "\(count)/\(unit.rawValue)" }
}

/// What a key was used for.
package struct KeyUse: Sendable, Hashable {
  /// Seconds since 1970, to the minute. 0: never.
  package var last: UInt32 = 0
  /// Tokens that the model read and made for it.
  package var promptTokens: UInt64 = 0
  package var generatedTokens: UInt64 = 0

  package init(last: UInt32 = 0, promptTokens: UInt64 = 0, generatedTokens: UInt64 = 0) {
    self.last = last
    self.promptTokens = promptTokens
    self.generatedTokens = generatedTokens
  }
}
