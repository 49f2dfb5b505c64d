import Access
import Client
import Gateway
import Model
import Operations
import Stack

/// What the model's gate needs beside the event loops: lists of models, put together of several servers or cut to what a key may use,
/// and a look at each server now and then where there is a choice.
struct ModelGate: Sendable {
  let services: DaemonServices

  static let places = ["/llm/api/tags", "/llm/api/ps", "/llm/v1/models"]

  func handle(_ request: LocalRequest) async -> LocalResponse {
    guard let gate = services.plan.gate, Self.places.contains(request.path) else {
      return LocalResponse(status: 404, type: "application/json", text: "{\"error\":\"there is no such list\"}\n")
    }
    let target = String(request.path.dropFirst(4))
    let kind = target == "/v1/models" ? ModelList.Kind.openAI : .native
    let allowed = request.user.flatMap(services.policy.models(ofKey:))
    var list = ModelList(kind)
    var hasAny = false
    for answer in await answers(gate.hosts, target) {
      hasAny = list.add(answer) { name in allowed.map { ModelNames.contain(name, $0) } ?? true } || hasAny
    }
    guard hasAny else {
      let message = "the model's server does not answer"
      let body = kind == .native ? "\"\(message)\"" : "{\"message\":\"\(message)\",\"type\":\"api_error\"}"
      return LocalResponse(status: 502, type: "application/json", text: "{\"error\":\(body)}\n")
    }
    let fields = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return LocalResponse(status: 200, fields: fields.map { (name: $0.0, value: $0.1) }, body: .bytes(list.body))
  }

  /// In the hosts' order, of those that answer.
  private func answers(_ hosts: [ModelHost], _ target: String) async -> [[UInt8]] {
    await withTaskGroup(of: (Int, [UInt8]?).self) { group in
      for (index, host) in hosts.enumerated() { group.addTask { (index, await answer(host, target)) } }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.compactMap(\.1)
    }
  }

  private func answer(_ host: ModelHost, _ target: String) async -> [UInt8]? {
    let limits = ClientTimeouts(connect: .seconds(2), total: .seconds(10))
    var request = ClientRequest(at: host.address, target: target, timeouts: limits)
    request.fields.append(("Host", host.hostField))
    guard let answer = try? await services.client.send(request), answer.status == 200 else { return nil }
    return answer.body
  }

  /// Asks each of several servers for its models, which costs it less than a millisecond (Ollama 0.17.4) and neither loads nor keeps
  /// one. Down after two failures in a row, up after one success.
  func watch() async {
    var failures: [Address: Int] = [:]
    while !Task.isCancelled {
      let gate = services.plan.gate
      if let gate, gate.hosts.count > 1 {
        for (host, models) in await models(gate) {
          failures[host.address] = models == nil ? (failures[host.address] ?? 0) + 1 : 0
          if models != nil || failures[host.address] ?? 0 >= 2 {
            services.gateway.note(ModelHostState(isUp: models != nil, models: models.map { Set($0) }), of: host.address)
          }
        }
      }
      try? await Task.sleep(for: .seconds(3))
    }
  }

  private func models(_ gate: GatePlan) async -> [(ModelHost, [String]?)] {
    await withTaskGroup(of: (ModelHost, [String]?).self) { group in
      for host in gate.hosts {
        group.addTask {
          let server = ModelServer(
            address: "http://\(host.address)", api: gate.api == .ollama ? .ollama : .openai, client: services.client)
          return (host, try? await server.models())
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }
}
