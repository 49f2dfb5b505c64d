import Model
import Settings

/// Cloudflare's agent, for a tunnel that is managed from this machine. Rendered from its documentation; never tried with the real one.
enum CloudflareAgent {
  static func plan(_ stack: TunnelAgent.Stack) -> TunnelPlan {
    let settings = TunnelPlan.AgentSettings(path: stack.directory.run + "/cloudflared.yml", text: text(stack))
    let agent = TunnelAgent.service(
      stack, command: ["cloudflared", "tunnel", "--config", settings.path, "run"],
      remedy: "Install cloudflared (https://developers.cloudflare.com/tunnel/), then type: leanto up",
      tokenVariable: "TUNNEL_TOKEN", settings: settings)
    return TunnelPlan(
      provider: .cloudflare, domain: stack.domain, upstream: stack.upstream, endpoint: stack.endpoint, api: nil,
      settings: settings, agent: agent)
  }

  /// Whatever name a visitor asks for but ours gets 404 from the agent itself.
  static func text(_ stack: TunnelAgent.Stack) -> String {
    """
    # Written by leanto from leanto.yaml: what is changed here is lost. The token goes by the environment.
    no-autoupdate: true
    metrics: 127.0.0.1:0
    ingress:
      - hostname: \(stack.domain)
        service: \(stack.upstreamURL)
      - service: http_status:404

    """
  }
}

/// Tailscale's funnel, in the foreground: it ends with its process. The machine is signed in already, so there is no token. Rendered
/// from its documentation; never tried with the real one.
enum TailscaleAgent {
  static func plan(_ stack: TunnelAgent.Stack) -> TunnelPlan {
    let agent = TunnelAgent.service(
      stack, command: ["tailscale", "funnel", "--yes", "--https=443", stack.upstreamURL],
      remedy: "Install Tailscale (https://tailscale.com/download), sign in with 'tailscale up', then type: leanto up",
      tokenVariable: nil, settings: nil)
    return TunnelPlan(
      provider: .tailscale, domain: stack.domain, upstream: stack.upstream, endpoint: stack.endpoint, api: nil, settings: nil,
      agent: agent)
  }
}
