import Model
import Settings
import Stack
import Testing

@Suite("The tunnel's agent")
struct TunnelPlanTests {
  static func settings(_ provider: TunnelSettings.Provider, _ change: (inout StackSettings) -> Void = { _ in }) -> StackSettings {
    StackSettings {
      $0.tunnel.provider = provider
      $0.tunnel.domain = "lean-example.ngrok-free.app"
      change(&$0)
    }
  }

  static func plan(
    _ settings: StackSettings, token: String = "2abcDEF_secret", commands: [String] = ["ngrok", "cloudflared", "tailscale"]
  ) -> StackPlan {
    let machine = MachineFacts(commands: Dictionary(uniqueKeysWithValues: commands.map { ($0, "/usr/bin/\($0)") }))
    return .of(settings, machine: machine, secrets: StackSecrets(values: token.isEmpty ? [:] : ["tunnel-token": token]))
  }

  @Test("ngrok's settings: one fixed domain, the tunnel listener alone, nothing inspected, its API on loopback")
  func ngrokSettings() throws {
    let tunnel = try #require(Self.plan(Self.settings(.ngrok)).tunnel)
    #expect(tunnel.settings?.path == "/srv/home/run/ngrok.yml")
    #expect(
      tunnel.settings?.text == """
        # Written by leanto from leanto.yaml: what is changed here is lost. The token goes by the environment.
        version: 3
        agent:
          web_addr: 127.0.0.1:4040
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
          - name: leanto-home
            url: https://lean-example.ngrok-free.app
            upstream:
              url: http://127.0.0.1:8081
              protocol: http1

        """)
  }

  @Test("The agent is a service of the daemon; its token goes by the environment and is hidden in what it prints")
  func ngrokService() throws {
    let plan = Self.plan(Self.settings(.ngrok))
    let process = try #require(plan.process("tunnel"))
    #expect(process.command == ["/usr/bin/ngrok", "start", "--all", "--config", "/srv/home/run/ngrok.yml"])
    #expect(process.environment["NGROK_AUTHTOKEN"] == "2abcDEF_secret")
    #expect(process.hidden == ["2abcDEF_secret"])
    #expect(!plan.text.contains("2abcDEF_secret"))
    #expect(StackPlan.commands(of: Self.settings(.ngrok)) == ["ngrok"])
  }

  @Test("Other settings of the agent are another environment, so that it is started anew")
  func digest() throws {
    let before = try #require(Self.plan(Self.settings(.ngrok)).process("tunnel"))
    let moved = Self.settings(.ngrok) { $0.gateway.tunnel = .tcp(host: "127.0.0.1", port: 9999) }
    let after = try #require(Self.plan(moved).process("tunnel"))
    #expect(before.command == after.command)
    #expect(before.environment != after.environment)
  }

  @Test("cloudflared leads the one name to the tunnel listener, every other to 404")
  func cloudflare() throws {
    let plan = Self.plan(Self.settings(.cloudflare) { $0.gateway.tunnel = .unix(path: "/srv/home/run/tunnel.sock") })
    let process = try #require(plan.process("tunnel"))
    #expect(process.command == ["/usr/bin/cloudflared", "tunnel", "--config", "/srv/home/run/cloudflared.yml", "run"])
    #expect(process.environment["TUNNEL_TOKEN"] == "2abcDEF_secret")
    #expect(
      plan.tunnel?.settings?.text == """
        # Written by leanto from leanto.yaml: what is changed here is lost. The token goes by the environment.
        no-autoupdate: true
        metrics: 127.0.0.1:0
        ingress:
          - hostname: lean-example.ngrok-free.app
            service: unix:/srv/home/run/tunnel.sock
          - service: http_status:404

        """)
  }

  @Test("tailscale needs no token and no file")
  func tailscale() throws {
    let plan = Self.plan(Self.settings(.tailscale), token: "")
    let process = try #require(plan.process("tunnel"))
    #expect(process.command == ["/usr/bin/tailscale", "funnel", "--yes", "--https=443", "http://127.0.0.1:8081"])
    #expect(plan.tunnel?.settings == nil)
  }

  @Test("Without a token, or without its program, the service is missing and says what to do")
  func missing() {
    let tokenless = Self.plan(Self.settings(.ngrok), token: "").service("tunnel")?.kind
    #expect(
      tokenless == .missing(command: "ngrok", remedy: "There is no token for the tunnel yet; give it: leanto tunnel set"))
    guard case .missing("ngrok", let remedy)? = Self.plan(Self.settings(.ngrok), commands: []).service("tunnel")?.kind else {
      Issue.record("ngrok is not missing")
      return
    }
    #expect(remedy.contains("https://ngrok.com/download"))
  }

  @Test("No provider, no domain, no listener, or a tunnel that was closed: no agent")
  func none() {
    #expect(Self.plan(Self.settings(.none)).tunnel == nil)
    #expect(Self.plan(Self.settings(.ngrok) { $0.tunnel.domain = nil }).tunnel == nil)
    #expect(Self.plan(Self.settings(.ngrok) { $0.gateway.tunnel = nil }).tunnel == nil)
    var machine = MachineFacts(commands: ["ngrok": "/usr/bin/ngrok"])
    machine.isTunnelClosed = true
    let closed = StackPlan.of(Self.settings(.ngrok), machine: machine)
    #expect(closed.tunnel == nil && closed.services.isEmpty)
    // Links in mails stay what they are while it is closed.
    #expect(closed.origin == "https://lean-example.ngrok-free.app")
  }
}
