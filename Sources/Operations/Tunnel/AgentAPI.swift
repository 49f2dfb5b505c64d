package import Client
internal import FoundationEssentials
package import Model

/// ngrok's agent on this machine, by its local API (documented for agents of version 3).
package struct AgentAPI: Sendable {
  package var address: Address
  private let client: HTTPClient
  private static let timeouts = ClientTimeouts(connect: .seconds(1), total: .seconds(2))

  package init(address: Address, client: HTTPClient) {
    self.address = address
    self.client = client
  }

  /// What it tells of itself and of `endpoint`.
  ///
  /// - Throws: `ClientError`, or `NotTheAgent` where something else answers.
  package func report(on endpoint: String) async throws -> AgentReport {
    let status: Status = try await get("/api/status")
    let endpoints = try await endpoints()
    var report = AgentReport(isOnline: status.status == "online", version: status.agentVersion)
    report.region = status.session?.legs?.first?.region
    report.latency = status.session?.legs?.first?.latency.flatMap(Self.milliseconds)
    report.endpoints = endpoints.map { .init(name: $0.name ?? "", url: $0.url, upstream: $0.upstream) }
    if let metrics = try? await metrics(of: endpoint, endpoints) {
      report.openConnections = metrics.conns?.gauge.map { Int($0) }
      report.connections = metrics.conns?.count.map { Int($0) }
    }
    return report
  }

  /// Agents before the endpoints' API answer 404 there and have tunnels instead.
  private func endpoints() async throws -> [Endpoint] {
    do {
      let list: EndpointList = try await get("/api/endpoints")
      return list.endpoints.map { Endpoint(name: $0.name, url: $0.url ?? "", upstream: $0.upstream?.url ?? "", metrics: nil) }
    } catch let other as NotTheAgent where other.status == 404 {
      let list: TunnelList = try await get("/api/tunnels")
      return list.tunnels.map {
        Endpoint(name: $0.name, url: $0.publicUrl ?? "", upstream: $0.config?.addr ?? "", metrics: $0.metrics)
      }
    }
  }

  private func metrics(of name: String, _ endpoints: [Endpoint]) async throws -> Metrics? {
    if let known = endpoints.first(where: { $0.name == name })?.metrics { return known }
    let one: OneEndpoint = try await get("/api/endpoints/\(name)")
    return one.metrics
  }

  private func get<Value: Decodable>(_ target: String) async throws -> Value {
    let request = ClientRequest(at: address, target: target, timeouts: Self.timeouts)
    let answer = try await client.send(request, bodyLimit: 1 << 20)
    guard answer.status == 200 else { throw NotTheAgent(status: answer.status) }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let value = try? decoder.decode(Value.self, from: Data(answer.body)) else { throw NotTheAgent(status: 200) }
    return value
  }

  /// `87ms`, `1.2s`, as Go writes durations. Nil: not understood.
  static func milliseconds(_ text: String) -> Double? {
    let units: [(suffix: String, factor: Double)] = [("ms", 1), ("µs", 0.001), ("us", 0.001), ("ns", 0.000001), ("s", 1000)]
    for unit in units where text.hasSuffix(unit.suffix) {
      guard let number = Double(text.dropLast(unit.suffix.count)), number.isFinite, number >= 0 else { return nil }
      return number * unit.factor
    }
    return nil
  }
}

package struct AgentReport: Sendable, Hashable {
  package struct Endpoint: Sendable, Hashable {
    package var name: String
    package var url: String
    package var upstream: String

    package init(name: String, url: String, upstream: String) {
      self.name = name
      self.url = url
      self.upstream = upstream
    }
  }

  package var isOnline: Bool
  package var version: String?
  package var region: String?
  package var latency: Double?
  package var endpoints: [Endpoint] = []
  package var openConnections: Int?
  package var connections: Int?

  package init(isOnline: Bool, version: String? = nil) {
    self.isOnline = isOnline
    self.version = version
  }
}

/// Something answers there, but not as the agent does.
package struct NotTheAgent: Error, Hashable {
  package var status: Int
}

// What the agent answers, as far as it is read here.

private struct Status: Decodable {
  struct Session: Decodable { var legs: [Leg]? }
  struct Leg: Decodable {
    var region: String?
    var latency: String?
  }
  var status: String
  var agentVersion: String?
  var session: Session?
}

private struct Metrics: Decodable {
  struct Connections: Decodable {
    var count: Double?
    var gauge: Double?
  }
  var conns: Connections?
}

private struct Endpoint {
  var name: String?
  var url: String
  var upstream: String
  var metrics: Metrics?
}

private struct EndpointList: Decodable {
  struct Item: Decodable {
    struct Upstream: Decodable { var url: String? }
    var name: String?
    var url: String?
    var upstream: Upstream?
  }
  var endpoints: [Item]
}

private struct OneEndpoint: Decodable { var metrics: Metrics? }

private struct TunnelList: Decodable {
  struct Item: Decodable {
    struct Config: Decodable { var addr: String? }
    var name: String?
    var publicUrl: String?
    var config: Config?
    var metrics: Metrics?
  }
  var tunnels: [Item]
}
