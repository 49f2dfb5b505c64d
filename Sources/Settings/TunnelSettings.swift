package struct TunnelSettings: Sendable, Hashable {
  package enum Provider: String, Sendable, CaseIterable { case none, ngrok, cloudflare, tailscale }
  package enum Plan: String, Sendable, CaseIterable {
    case free, hobbyist
    case payAsYouGo = "pay-as-you-go"
  }

  package var provider = Provider.none
  package var domain: String?
  package var plan = Plan.free

  package init() {}

  /// A domain as it stands in the settings: lower case, without a scheme or a path. Nil: `text` is no host name.
  package static func domain(_ text: String) -> String? { hostName(text) }
}

extension TunnelSettings: SettingsSection {
  mutating func read(_ section: Section) {
    section.take("provider", into: &provider, .choice)
    section.take("domain", into: &domain, .hostName)
    section.take("plan", into: &plan, .choice)
  }
}
