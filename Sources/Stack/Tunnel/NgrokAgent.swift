import Model
import Settings

/// ngrok, by its agent's settings of version 3 (ngrok's documentation, agent 3.39).
enum NgrokAgent {
  /// The agent's own default; where it is taken the agent takes the next one and says so in its log.
  static let api = Address.tcp(host: "127.0.0.1", port: 4040)

  static func plan(_ stack: TunnelAgent.Stack) -> TunnelPlan {
    let settings = TunnelPlan.AgentSettings(path: stack.directory.run + "/ngrok.yml", text: text(stack))
    let agent = TunnelAgent.service(
      stack, command: ["ngrok", "start", "--all", "--config", settings.path],
      remedy: "Install ngrok's agent (https://ngrok.com/download), then type: leanto up", tokenVariable: "NGROK_AUTHTOKEN",
      settings: settings)
    return TunnelPlan(
      provider: .ngrok, domain: stack.domain, upstream: stack.upstream, endpoint: stack.endpoint, api: api, settings: settings,
      agent: agent)
  }

  /// Inspection would keep Authorization and Cookie fields in clear; remote management would let an account's session at the
  /// provider stop or change the agent; an update would change the program under a running stack.
  static func text(_ stack: TunnelAgent.Stack) -> String {
    """
    # Written by leanto from leanto.yaml: what is changed here is lost. The token goes by the environment.
    version: 3
    agent:
      web_addr: \(api)
      inspect_db_size: -1
      console_ui: false
      log: stdout
      log_format: json
      log_level: info
      update_check: false
      remote_management: false
      connect_timeout: 10s
      heartbeat_interval: 10s
      heartbeat_tolerance: 15s
    endpoints:
      - name: \(stack.endpoint)
        url: https://\(stack.domain)
        upstream:
          url: \(stack.upstreamURL)
          protocol: http1

    """
  }
}
