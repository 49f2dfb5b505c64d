import Model
import Testing

@testable import Operations

@Suite("How the tunnel is")
struct AgentObserverTests {
  static let domain = "lean-example.ngrok-free.app"

  static func observer() -> AgentObserver {
    AgentObserver(
      provider: "ngrok", domain: domain, endpoint: "leanto-home", upstream: "http://127.0.0.1:8081",
      api: .tcp(host: "127.0.0.1", port: 4040), now: 0)
  }

  static func service(_ state: ServiceState, process: Int32? = 7, message: String = "") -> ServiceStatus {
    ServiceStatus(name: "tunnel", state: state, processIdentifier: process, since: 0, message: message)
  }

  static func report(online: Bool = true, upstream: String? = "http://127.0.0.1:8081") -> AgentReport {
    var report = AgentReport(isOnline: online, version: "3.39.10")
    report.latency = 87
    report.region = "eu"
    if let upstream { report.endpoints = [.init(name: "leanto-home", url: "https://\(domain)", upstream: upstream)] }
    return report
  }

  @Test("Online: the session is up and the endpoint is there")
  func online() {
    var observer = Self.observer()
    observer.note(Self.service(.healthy), now: 1)
    observer.decide(Self.service(.healthy), .report(Self.report()), now: 2)
    #expect(observer.status.state == .online)
    #expect(observer.status.url == "https://\(Self.domain)")
    #expect(observer.status.latency == 87)
    #expect(observer.status.since == 2)
    #expect(observer.status.problem == nil)
    observer.decide(Self.service(.healthy), .report(Self.report()), now: 9)
    #expect(observer.status.since == 2)
  }

  @Test("A wrong token: the agent ended, and the reason is its number's")
  func wrongToken() {
    var observer = Self.observer()
    observer.note(Self.service(.healthy), now: 1)
    observer.handle(.failed(code: 107), now: 1)
    observer.decide(Self.service(.backingOff, process: nil, message: "ended with status 1; Your authtoken: X"), nil, now: 2)
    #expect(observer.status.state == .failed)
    #expect(observer.status.problem?.code == "ERR_NGROK_107")
    #expect(observer.status.problem?.remedy == "leanto tunnel set")
  }

  @Test("An agent that ended without a number refers to its log, and quotes nothing")
  func endedSomehow() {
    var observer = Self.observer()
    observer.decide(Self.service(.backingOff, process: nil, message: "ended with status 1: token SECRET"), nil, now: 2)
    #expect(observer.status.problem?.remedy == "leanto logs tunnel")
    #expect(observer.status.problem?.meaning.contains("SECRET") == false)
  }

  @Test("The domain is taken: the agent tries again, and the state says why it is not online")
  func taken() {
    var observer = Self.observer()
    observer.note(Self.service(.healthy), now: 1)
    observer.handle(.failed(code: 334), now: 2)
    observer.decide(Self.service(.healthy), .report(Self.report(upstream: nil)), now: 3)
    #expect(observer.status.state == .starting)
    #expect(observer.status.problem?.code == "ERR_NGROK_334")
    observer.handle(.endpointUp(url: "https://\(Self.domain)"), now: 20)
    observer.decide(Self.service(.healthy), .report(Self.report()), now: 20)
    #expect(observer.status.state == .online)
    #expect(observer.status.problem == nil)
  }

  @Test("A lost session is a reconnect; three in ten minutes are a flapping tunnel, which settles again")
  func flapping() {
    var observer = Self.observer()
    observer.note(Self.service(.healthy), now: 0)
    observer.decide(Self.service(.healthy), .report(Self.report()), now: 1)
    observer.handle(.sessionLost, now: 10)
    observer.decide(Self.service(.healthy), .report(Self.report(online: false)), now: 10)
    #expect(observer.status.state == .reconnecting)
    observer.handle(.sessionLost, now: 20)
    observer.decide(Self.service(.healthy), .report(Self.report()), now: 21)
    #expect(observer.status.state == .online)
    observer.handle(.sessionLost, now: 30)
    observer.decide(Self.service(.healthy), .report(Self.report()), now: 31)
    #expect(observer.status.state == .flapping)
    #expect(observer.status.problem?.meaning.contains("3 times") == true)
    observer.decide(Self.service(.healthy), .report(Self.report()), now: 620)
    #expect(observer.status.state == .online)
  }

  @Test("An API that hangs is given time to start; then nobody knows, and the state says so")
  func hanging() {
    var observer = Self.observer()
    observer.note(Self.service(.healthy), now: 100)
    observer.decide(Self.service(.healthy), .silent, now: 110)
    #expect(observer.status.state == .starting)
    observer.decide(Self.service(.healthy), .silent, now: 116)
    #expect(observer.status.state == .silent)
    #expect(observer.status.problem?.remedy == "leanto restart tunnel")
  }

  @Test("A web port that moved is read from the log, and forgotten with the process")
  func movedPort() {
    var observer = Self.observer()
    observer.note(Self.service(.healthy, process: 7), now: 1)
    observer.handle(.apiStarted(.tcp(host: "127.0.0.1", port: 4042)), now: 1)
    #expect(observer.api == .tcp(host: "127.0.0.1", port: 4042))
    observer.note(Self.service(.healthy, process: 8), now: 5)
    #expect(observer.api == .tcp(host: "127.0.0.1", port: 4040))
  }

  @Test("An endpoint that leads past the tunnel listener is told, whoever opened it")
  func stray() {
    var observer = Self.observer()
    observer.note(Self.service(.healthy), now: 1)
    var report = Self.report()
    report.endpoints.append(.init(name: "x", url: "https://x.example", upstream: "http://localhost:5678"))
    observer.decide(Self.service(.healthy), .report(report), now: 2)
    #expect(observer.status.strayEndpoints == ["https://x.example to http://localhost:5678"])
    #expect(observer.status.problem?.meaning.contains("past the door") == true)
  }

  @Test("Upstreams are compared by place, not by spelling")
  func places() {
    for text in ["http://127.0.0.1:8081", "http://localhost:8081", "127.0.0.1:8081", "http://127.0.0.1:8081/"] {
      #expect(AgentObserver.leads(text, to: "http://127.0.0.1:8081"))
    }
    #expect(!AgentObserver.leads("http://127.0.0.1:8082", to: "http://127.0.0.1:8081"))
    #expect(!AgentObserver.leads("https://127.0.0.1:8081", to: "http://127.0.0.1:8081"))
  }

  @Test("Quota errors of visitors are told for five minutes while the tunnel is online")
  func quota() {
    var observer = Self.observer()
    observer.note(Self.service(.healthy), now: 0)
    observer.handle(.failed(code: 727), now: 10)
    observer.decide(Self.service(.healthy), .report(Self.report()), now: 20)
    #expect(observer.status.problem?.code == "ERR_NGROK_727")
    observer.decide(Self.service(.healthy), .report(Self.report()), now: 400)
    #expect(observer.status.problem == nil)
  }

  @Test("What an adopted agent wrote long ago tells where its API is, and not how the tunnel is now")
  func past() {
    var observer = Self.observer()
    observer.note(Self.service(.healthy), now: 0)
    for _ in 0..<5 { observer.handlePast(.sessionLost, now: 0) }
    observer.handlePast(.apiStarted(.tcp(host: "127.0.0.1", port: 4041)), now: 0)
    observer.handlePast(.failed(code: 727), now: 0)
    observer.decide(Self.service(.healthy), .report(Self.report()), now: 1)
    #expect(observer.status.state == .online && observer.status.problem == nil)
    #expect(observer.api == .tcp(host: "127.0.0.1", port: 4041))
    observer.handlePast(.failed(code: 334), now: 1)
    observer.decide(Self.service(.healthy), .report(Self.report(upstream: nil)), now: 2)
    #expect(observer.status.problem?.code == "ERR_NGROK_334")
  }

  @Test(
    "States of the process that need no API",
    arguments: [
      (.missing, .missing), (.stopped, .closed), (.waiting, .starting), (.unhealthy, .failed),
    ] as [(ServiceState, TunnelStatus.State)])
  func processStates(service: ServiceState, state: TunnelStatus.State) {
    var observer = Self.observer()
    observer.decide(Self.service(service, process: nil, message: "There is no token"), nil, now: 2)
    #expect(observer.status.state == state)
  }

  @Test("An agent without an API is online when it runs")
  func withoutAPI() {
    var observer = AgentObserver(
      provider: "tailscale", domain: "x.ts.net", endpoint: "leanto-home", upstream: "http://127.0.0.1:8081", api: nil, now: 0)
    observer.note(Self.service(.healthy), now: 1)
    observer.decide(Self.service(.healthy), nil, now: 2)
    #expect(observer.status.state == .online)
  }
}
