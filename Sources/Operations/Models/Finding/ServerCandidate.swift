/// A place where a model server may be.
package struct ServerCandidate: Sendable, Hashable {
  package enum Place: String, Sendable, Hashable, Codable {
    /// What leanto.yaml says.
    case configured
    /// What OLLAMA_HOST says.
    case environment
    /// The loopback of this host; with WSL in mirrored mode, Windows' too.
    case thisHost = "this host"
    /// The default gateway of WSL in its NAT mode.
    case windows
    /// host.docker.internal: the machine under Docker Desktop, or the host of a container.
    case dockerHost = "docker host"
    /// The default gateway of a container.
    case gateway
  }

  /// `http://host:port`.
  package var address: String
  package var place: Place

  package init(address: String, place: Place) {
    self.address = address
    self.place = place
  }

  /// Where to look, the likeliest first. `configured`: llm.address; empty: `auto`.
  package static func all(_ facts: HostFacts, configured: [String] = [], port: UInt16 = 11434) -> [ServerCandidate] {
    guard configured.isEmpty else { return configured.map { ServerCandidate(address: $0, place: .configured) } }
    var found: [ServerCandidate] = []
    func add(_ address: String?, _ place: Place) {
      guard let address, !found.contains(where: { $0.address == address }) else { return }
      found.append(ServerCandidate(address: address, place: place))
    }
    add(facts.ollamaHost.map { OllamaHost($0).address }, .environment)
    add("http://127.0.0.1:\(port)", .thisHost)
    if facts.kind == .wsl(.nat) { add(facts.defaultGateway.map { "http://\($0):\(port)" }, .windows) }
    // The name is there for containers, where Docker Desktop or `extra_hosts` give it, and in a WSL beside Docker Desktop.
    if facts.isContainer || facts.kind != .linux { add("http://host.docker.internal:\(port)", .dockerHost) }
    if facts.isContainer { add(facts.defaultGateway.map { "http://\($0):\(port)" }, .gateway) }
    return found
  }
}
