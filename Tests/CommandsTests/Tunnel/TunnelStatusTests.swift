import Model
import Settings
import Testing

@testable import Commands

extension TunnelStatus {
  static func sample(_ state: State, problem: TunnelProblem? = nil) -> TunnelStatus {
    var status = TunnelStatus(
      provider: "ngrok", domain: "lean-example.ngrok-free.app", state: state, since: 700, problem: problem)
    if state == .online {
      status.url = "https://lean-example.ngrok-free.app"
      status.agentVersion = "3.39.10"
      (status.region, status.latency, status.openConnections, status.connections) = ("eu", 27.4, 2, 41)
    }
    return status
  }

  static let sampleQuota = QuotaStatus(
    month: "2026-11", plan: "free",
    measures: [
      .init(name: "requests", used: 14_321, limit: 20_000, forecast: 24_000, level: .high),
      .init(name: "bytes", used: 123_000_000, limit: 1_000_000_000, forecast: 200_000_000, level: .fine),
    ], paths: [.init(path: "/n8n/rest/active", requests: 9000, bytes: 5_000_000)],
    advice: ["An open n8n editor asks again and again: open it at the local address, on this machine or by the LAN, not here."])
}

@Suite("leanto tunnel")
struct TunnelStatusTests {
  private func status(_ tunnel: TunnelStatus?) -> StackStatus {
    var status = StackStatus.healthy
    status.tunnel = tunnel
    return status
  }

  @Test("Online: address, agent, quota, costliest paths, advice")
  func online() async {
    let world = World(["tunnel", "status"])
    var tunnel = TunnelStatus.sample(.online)
    tunnel.quota = TunnelStatus.sampleQuota
    world.statuses([status(tunnel)])
    #expect(await world.run() == .done)
    #expect(
      world.output.value == """
        Tunnel      online at https://lean-example.ngrok-free.app for 5 min
        Agent       ngrok 3.39.10, region eu, 27 ms away, 2 connections open, 41 since
                    it started

        In 2026-11  Used    Plan free  By its end  Is
        requests    14321   20000      24000       high
        bytes       123 MB  1.0 GB     200 MB      fine

        Costliest paths   Requests  Sent
        /n8n/rest/active  9000      5.0 MB
        Advice      An open n8n editor asks again and again: open it at the local
                    address, on this machine or by the LAN, not here.

        """)
  }

  @Test("What is wrong is told with what mends it, and is exit code 1")
  func failed() async {
    let world = World(["tunnel", "status"])
    let problem = TunnelProblem(
      code: "ERR_NGROK_107", meaning: "ngrok does not know the token: it is wrong, or was revoked.", remedy: "leanto tunnel set")
    world.statuses([status(.sample(.failed, problem: problem))])
    #expect(await world.run() == .failed)
    #expect(world.output.value.contains("ERR_NGROK_107: ngrok does not know the token"))
    #expect(world.output.value.contains("            Try: leanto tunnel set\n"))
  }

  @Test("leanto status tells of the tunnel in a line, and of the quota when it is high")
  func brief() async {
    let world = World(["status"])
    var tunnel = TunnelStatus.sample(.online)
    tunnel.quota = TunnelStatus.sampleQuota
    world.statuses([status(tunnel)])
    #expect(await world.run() == .done)
    #expect(
      world.output.value.hasSuffix(
        """
        Tunnel      online at https://lean-example.ngrok-free.app
        Quota       high: requests 14321 of 20000; see: leanto tunnel status

        """))
  }

  @Test("A stack without a tunnel, and one that is down, say so")
  func none() async {
    let world = World(["tunnel", "status"])
    world.statuses([.healthy])
    #expect(await world.run() == .missing)
    #expect(world.errors.value.contains("Try: leanto tunnel set --domain NAME"))
    let down = World(["tunnel", "status"])
    down.statuses([nil])
    #expect(await down.run() == .failed)
  }

  @Test("up opens and waits until it is online; down closes")
  func upAndDown() async {
    let up = World(["tunnel", "up"])
    let orders = Box<[Bool]>([])
    up.environment.daemon.setTunnel = { _, isOpen in
      orders.change { $0.append(isOpen) }
      return TunnelReport(status: .sample(isOpen ? .starting : .closed))
    }
    up.environment.terminal.writeError = { _ in }
    up.statuses([status(.sample(.starting)), status(.sample(.online))])
    #expect(await up.run() == .done)
    up.environment.arguments = ["tunnel", "down"]
    #expect(await up.run() == .done)
    #expect(orders.value == [true, false])
    #expect(up.output.value.contains("closed for 5 min; open it: leanto tunnel up"))
  }

  @Test("up gives up on a tunnel that will not come")
  func upFails() async {
    let world = World(["tunnel", "up"])
    world.environment.daemon.setTunnel = { _, _ in TunnelReport(status: .sample(.starting)) }
    world.environment.terminal.writeError = { _ in }
    world.statuses([status(.sample(.starting))])
    #expect(await world.run() == .failed)
    let refused = World(["tunnel", "up"])
    refused.environment.daemon.setTunnel = { _, _ in TunnelReport(status: nil, problems: ["leanto.yaml:1: x: y"]) }
    #expect(await refused.run() == .failed)
    #expect(refused.errors.value.contains("leanto.yaml:1: x: y"))
  }

  @Test("check names what is missing")
  func check() async {
    let world = World(["tunnel", "check"])
    var settings = StackSettings()
    settings.tunnel.provider = .ngrok
    settings.tunnel.domain = "my.example"
    world.settings(settings)
    world.statuses([nil])
    world.environment.variables["PATH"] = world.folder
    #expect(await world.run() == .failed)
    for text in ["my.example is none", "ngrok is not in PATH", "There is no token. leanto tunnel set"] {
      #expect(world.output.value.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(text), "\(text)")
    }
    world.add("ngrok", "")
    world.add("secrets/tunnel-token", "x\n")
    settings.tunnel.plan = .hobbyist
    world.settings(settings)
    #expect(await world.run() == .done)
  }
}
