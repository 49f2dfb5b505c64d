package import Client

/// Asks at all candidates at once. No question loads, evicts or keeps a model.
package struct ServerSearch: Sendable {
  let client: HTTPClient
  let limit: Duration

  package init(client: HTTPClient, limit: Duration = .seconds(2)) {
    self.client = client
    self.limit = limit
  }

  /// In the order of the candidates.
  package func attempts(_ candidates: [ServerCandidate], api: ModelServer.API) async -> [ServerAttempt] {
    await withTaskGroup(of: (Int, ServerAttempt).self) { group in
      for (index, candidate) in candidates.enumerated() {
        group.addTask { (index, await attempt(candidate, api)) }
      }
      var found: [(Int, ServerAttempt)] = []
      for await one in group { found.append(one) }
      return found.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func attempt(_ candidate: ServerCandidate, _ api: ModelServer.API) async -> ServerAttempt {
    let server = ModelServer(address: candidate.address, api: api, client: client)
    do throws(ModelError) {
      return ServerAttempt(candidate: candidate, outcome: .answered(version: try await server.greet(within: limit)))
    } catch {
      return ServerAttempt(candidate: candidate, outcome: .init(error))
    }
  }
}
