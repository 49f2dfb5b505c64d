package import Client

/// Finds the model's server: from settings to a server that answers, or why none does.
package struct ModelFinder: Sendable {
  private let client: HTTPClient
  private let limit: Duration
  private let facts: @Sendable () async -> HostFacts

  /// `limit` bounds each question. `facts`: those of this host.
  package init(client: HTTPClient, limit: Duration = .seconds(2), facts: @escaping @Sendable () async -> HostFacts) {
    self.client = client
    self.limit = limit
    self.facts = facts
  }

  /// `addresses`: llm.address; empty: `auto`. The first that answers, in the order of the settings or the likeliest.
  package func find(_ addresses: [String], api: ModelServer.API) async throws(ModelProblem) -> ModelServer {
    let diagnosis = await look(addresses, api: api)
    if let found = diagnosis.answering.first { return ModelServer(address: found.address, api: api, client: client) }
    throw diagnosis.problem
      ?? ModelProblem(.unreachable, "There is no place to look for a model server.", [.init(.settings, "llm: { address: auto }")])
  }

  /// All that was seen.
  package func look(_ addresses: [String], api: ModelServer.API) async -> ModelDiagnosis {
    var facts = await facts()
    let candidates = addresses.isEmpty && api == .openai ? [] : ServerCandidate.all(facts, configured: addresses)
    let attempts = await ServerSearch(client: client, limit: limit).attempts(candidates, api: api)
    // Asking made the kernel look for neighbours.
    if !attempts.contains(where: \.isAnswered) { facts.absentNeighbours = HostSurvey.absentNeighbours() }
    return ModelDiagnosis(facts: facts, attempts: attempts, api: api)
  }
}
