internal import Glibc

/// The real binary on a stack directory that is made for it.
struct LeantoGateway: GatewayUnderTest {
  let ports: GatewayPorts
  let process: EngineProcess
  private let engine: Engine
  private let folder: String
  private let lan: TLSBridge?

  init(engine: Engine, _ plan: GatewayPlan, _ ports: GatewayPorts, _ folder: String) throws {
    (self.engine, self.ports, self.folder) = (engine, ports, folder)
    lan = try ListenerUnderTest.chosen == .lan ? TLSBridge(from: ports.local) : nil
    try writeText(Self.settings(engine, plan, ports, lan: lan?.target), to: folder + "/leanto.yaml")
    try makeFolder(folder + "/secrets")
    try writeText(GatewayPlan.users, to: folder + "/secrets/users")
    let command = [Self.binary, "serve", "--stack", folder]
    let limited = plan.descriptors.map { ["/bin/sh", "-c", "ulimit -n \($0); exec \"$@\"", "sh"] + command }
    process = try EngineProcess(limited ?? command, folder: folder)
  }

  private func settings(_ plan: GatewayPlan) -> String { Self.settings(engine, plan, ports, lan: lan?.target) }

  func reload(_ plan: GatewayPlan) throws {
    try writeText(settings(plan), to: folder + "/leanto.yaml")
    let control = try RawConnection(path: folder + "/run/control.sock")
    try control.send(head("POST /reload HTTP/1.1", "Host: leanto", "Content-Length: 0"))
    let response = try control.response(to: "POST")
    guard response.status == 200, !response.text.contains("problems\":[\"") else {
      throw NotStarted(why: "reload: \(response.text)")
    }
  }

  func drain() { process.signal(SIGTERM) }

  /// `LEANTO_BINARY`, else the product beside the tests.
  private static let binary: String = {
    if let path = environmentValue("LEANTO_BINARY") { return path }
    let beside = productPath("leanto")
    return unsafe access(beside, X_OK) == 0 ? beside : "build/leanto"
  }()

  /// With LEANTO_DOOR=full everything that a door has by default is on, but that a wrong password is no rare thing here.
  private static let hasFullDoor = environmentValue("LEANTO_DOOR") == "full"

  /// `lan`: a port in place of the local listener.
  static func settings(_ engine: Engine, _ plan: GatewayPlan, _ ports: GatewayPorts, lan: UInt16? = nil) -> String {
    """
    name: conformance
    runner: native
    gateway:
      engine: \(engine.rawValue)
      local: \(lan == nil ? "127.0.0.1:\(ports.local)" : "off")
      lan: \(lan.map { "0.0.0.0:\($0)" } ?? "off")
      tunnel: 127.0.0.1:\(ports.tunnel)
      internal: 127.0.0.1:\(ports.internal)
      limits: { head: \(size(plan.headLimit)), body: \(size(plan.bodyLimit)) }
      timeouts: { head: \(plan.headTimeout)s, idle: \(plan.idleTimeout)s, connect: \(plan.connectTimeout)s, \
    upstream: \(plan.upstreamTimeout)s, drain: \(plan.drainTimeout)s }
    access:
      sign-in: \(hasFullDoor ? "both" : "basic")
      session: \(hasFullDoor ? "12h" : "off")
      throttle: \(hasFullDoor && plan.throttle == "off" ? "{ wrong: 1000, within: 10m, ban: 10m }" : plan.throttle)
    services:

    """ + plan.services.map(service).joined()
  }

  private static func size(_ bytes: Int) -> String { "\(bytes / 1024)KiB" }

  private static func service(_ service: GatewayPlan.Service) -> String {
    var lines = ["  \(service.name):", "    upstream: http://127.0.0.1:\(service.port)", "    at: \(service.at)"]
    if !service.publicPaths.isEmpty { lines.append("    public: [\(service.publicPaths.joined(separator: ", "))]") }
    if !service.asks { lines.append("    auth: none") }
    return lines.map { $0 + "\n" }.joined()
  }
}
