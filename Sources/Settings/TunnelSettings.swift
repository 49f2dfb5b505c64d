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
}
