package import Model
package import Settings

/// The tunnel's agent as a service, and what it is told in a file.
package struct TunnelPlan: Sendable, Hashable {
  /// What the agent's service is called in `status` and `logs`. No other service may be.
  package static let service = "tunnel"
  package static let tokenSecret = "tunnel-token"

  package var provider: TunnelSettings.Provider
  package var domain: String
  /// The tunnel listener, and nothing else, is where the agent leads visitors.
  package var upstream: Address
  /// What the endpoint is called at the agent: tells ours from what another agent on this machine has.
  package var endpoint: String
  /// Where the agent's API is asked for; it moves to a later port where this one is taken. Nil: this agent has none.
  package var api: Address?
  /// Holds no secret: the token goes by the agent's environment.
  package var settings: AgentSettings?
  package var agent: NativeService

  package struct AgentSettings: Sendable, Hashable {
    package var path: String
    package var text: String
  }
}

extension TunnelPlan {
  /// Nil: there is no tunnel, or it may not be opened (`check` says why).
  package static func make(
    settings: StackSettings, listeners: [Listener], machine: MachineFacts, directory: StackDirectory, secrets: StackSecrets
  ) -> TunnelPlan? {
    guard settings.tunnel.provider != .none, let domain = settings.tunnel.domain,
      let upstream = listeners.first(where: { $0.kind == .tunnel })?.address
    else { return nil }
    let stack = TunnelAgent.Stack(
      name: settings.name, domain: domain, upstream: upstream, directory: directory, token: secrets[tokenSecret] ?? "",
      program: TunnelAgent.command(of: settings.tunnel.provider).flatMap { machine.commands[$0] })
    return switch settings.tunnel.provider {
    case .none: nil
    case .ngrok: NgrokAgent.plan(stack)
    case .cloudflare: CloudflareAgent.plan(stack)
    case .tailscale: TailscaleAgent.plan(stack)
    }
  }
}

/// What all agents have in common.
enum TunnelAgent {
  struct Stack {
    var name: String
    var domain: String
    var upstream: Address
    var directory: StackDirectory
    /// Empty: there is none.
    var token: String
    /// Nil: not on this machine.
    var program: String?

    var endpoint: String { "leanto-\(name)" }

    /// For agents that speak HTTP to where they lead.
    var upstreamURL: String {
      if case .unix(let path) = upstream { "unix:\(path)" } else { "http://\(upstream)" }
    }
  }

  static func command(of provider: TunnelSettings.Provider) -> String? {
    switch provider {
    case .none: nil
    case .ngrok: "ngrok"
    case .cloudflare: "cloudflared"
    case .tailscale: "tailscale"
    }
  }

  /// The agent as a child process; `settings` is part of its environment as a digest, so that other settings start it anew.
  static func service(
    _ stack: Stack, command: [String], remedy: String, tokenVariable: String?, settings: TunnelPlan.AgentSettings?
  ) -> NativeService {
    let name = command.first ?? ""
    var kind = NativeService.Kind.missing(command: name, remedy: remedy)
    if let program = stack.program {
      if tokenVariable != nil, stack.token.isEmpty {
        kind = .missing(command: name, remedy: "There is no token for the tunnel yet; give it: leanto tunnel set")
      } else {
        var environment: [String: String] = [:]
        if let tokenVariable { environment[tokenVariable] = stack.token }
        if let settings { environment["LEANTO_SETTINGS"] = digest(settings.text) }
        kind = .process(
          ProcessPlan(
            command: [program] + command.dropFirst(), environment: environment, directory: stack.directory.run,
            hidden: stack.token.isEmpty ? [] : [stack.token]))
      }
    }
    return NativeService(name: TunnelPlan.service, kind: kind, address: nil, health: .none, startSeconds: 10)
  }

  /// FNV-1a of 64 bits in hexadecimal: not for secrets.
  static func digest(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }
}
