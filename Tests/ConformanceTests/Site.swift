import TestSupport

/// One place behind a running gateway that belongs to one test alone: an upstream of its own, reached by three routes.
struct Site: Sendable {
  let gateway: any GatewayUnderTest
  let upstream: ScriptedUpstream
  let number: Int

  /// Asks for credentials; `/webhook/` and `/hook` are public.
  var host: String { "gated\(number).localhost" }
  /// Asks for none on the local listener.
  var open: String { "open\(number).localhost" }
  /// Below this, on every host that has no route of its own; taken off before the upstream sees it. Asks for credentials.
  var prefix: String { "/path\(number)/" }

  /// admin with the right password.
  static let credentials = "Authorization: Basic YWRtaW46Y29ycmVjdC1ob3JzZQ=="

  enum Door { case local, tunnel, `internal` }

  func connect(_ door: Door = .local, receiveBuffer: Int32? = nil) throws -> RawConnection {
    let port =
      switch door {
      case .local: gateway.ports.local
      case .tunnel: gateway.ports.tunnel
      case .internal: gateway.ports.internal
      }
    return try RawConnection(port: port, receiveBuffer: receiveBuffer)
  }

  /// `text` with {open}, {host} and {prefix} filled in.
  func fill(_ text: String) -> String {
    var filled = ""
    var rest = Substring(text)
    while let brace = rest.firstIndex(of: "{") {
      filled += rest[..<brace]
      rest = rest[brace...]
      let known = [("{open}", open), ("{host}", host), ("{prefix}", prefix)].first { rest.hasPrefix($0.0) }
      filled += known?.1 ?? "{"
      rest = rest.dropFirst(known?.0.count ?? 1)
    }
    return filled + rest
  }

  /// Sends one request and reads its answer, on a connection of its own.
  func exchange(_ request: String, to method: String = "GET", _ door: Door = .local) throws -> WireResponse {
    let client = try connect(door)
    try client.send(fill(request))
    return try client.response(to: method)
  }

  /// A request that comes after everything before it, so that what the gateway sent earlier has been seen by now.
  func settle() throws {
    let before = upstream.requests.count
    upstream.follow { try $0.answer() }
    let response = try exchange(head("GET /settled HTTP/1.1", "Host: {open}", "Connection: close"))
    guard response.status == 200 else { throw WireError.malformed("the gateway did not recover: \(response.status)") }
    try upstream.heads(before + 1)
  }
}

/// The settings that tests share gateways by.
enum Profile: Hashable, CaseIterable {
  case standard
  /// Time-outs of two seconds.
  case hasty
  /// 8 KiB of head, 64 KiB of body.
  case small

  func plan(_ services: [GatewayPlan.Service]) -> GatewayPlan {
    var plan = GatewayPlan(services: services)
    switch self {
    case .standard: break
    case .hasty:
      (plan.headTimeout, plan.idleTimeout, plan.connectTimeout, plan.upstreamTimeout) = (2, 2, 2, 2)
    case .small:
      (plan.headLimit, plan.bodyLimit) = (8 * 1024, 64 * 1024)
    }
    return plan
  }
}

/// Hands out sites, none of them twice, and starts gateways as they are needed.
final class Lab: Sendable {
  static let shared = Lab()
  private let unused = Monitor([Profile: Result<[Site], any Error>]())
  private let sitesPerGateway = 60

  func site(_ profile: Profile) throws -> Site {
    try unused.change { state in
      var sites = try state[profile]?.get() ?? []
      if sites.isEmpty {
        let made = Result { try fresh(profile) }
        // A gateway that does not start is not tried again for every test.
        state[profile] = made
        sites = try made.get()
      }
      let site = sites.removeLast()
      state[profile] = .success(sites)
      return site
    }
  }

  private func fresh(_ profile: Profile) throws -> [Site] {
    let upstreams = try (0..<sitesPerGateway).map { _ in try ScriptedUpstream() }
    let gateway = try Engine.chosen.start(profile.plan(Self.services(upstreams)))
    return upstreams.enumerated().map { Site(gateway: gateway, upstream: $0.element, number: $0.offset) }
  }

  static func services(_ upstreams: [ScriptedUpstream]) -> [GatewayPlan.Service] {
    upstreams.enumerated().flatMap { number, upstream in
      let site = (gated: "gated\(number)", open: "open\(number)", path: "path\(number)")
      let paths = ["/webhook/", "/hook"]
      return [
        GatewayPlan.Service(name: site.gated, port: upstream.port, at: site.gated + ".localhost", publicPaths: paths),
        GatewayPlan.Service(name: site.open, port: upstream.port, at: site.open + ".localhost", asks: false),
        GatewayPlan.Service(name: site.path, port: upstream.port, at: "/\(site.path)/", publicPaths: paths),
      ]
    }
  }
}

/// Runs `body` on a site whose upstream follows `script`, and stops the upstream after it.
func withSite(_ profile: Profile, _ script: @escaping ScriptedUpstream.Script, _ body: (Site) throws -> Void) throws {
  let site = try Lab.shared.site(profile)
  site.upstream.start(script)
  defer { site.upstream.stop() }
  return try body(site)
}

func withSite(_ script: @escaping ScriptedUpstream.Script, _ body: (Site) throws -> Void) throws {
  try withSite(.standard, script, body)
}

func withSite(_ profile: Profile = .standard, _ body: (Site) throws -> Void) throws {
  try withSite(profile, { try $0.answer() }, body)
}
