package import Model
package import Settings

/// How containers reach a model server that listens at the loopback of this machine alone: through a listener of their own network,
/// at which the gateway forwards to it. Nothing else leads there, and nobody else is let in.
package struct ModelBridgePlan: Sendable, Hashable {
  /// The name that every container has for it. Ollama takes names that end so at its loopback.
  package static let host = "ollama.internal"

  package var listener: Listener
  package var upstream: Address

  package init(listener: Listener, upstream: Address) {
    self.listener = listener
    self.upstream = upstream
  }

  /// Nil: not asked for, or not needed: nothing runs in containers, or the server is not this machine's, or containers reach it
  /// without help. `server`: `http://host:port`; `isWide`: it listens beyond loopback too.
  package static func make(_ bridge: LLMSettings.Bridge, server: String?, isWide: Bool, network: StackNetwork?)
    -> ModelBridgePlan?
  {
    guard bridge != .off, let network, let server, let upstream = Address(server.dropFirst("http://".count)),
      server.hasPrefix("http://"), case .tcp(let host, let port) = upstream, host.hasPrefix("127.") || host == "localhost",
      !isWide
    else { return nil }
    // The port is Ollama's own, so that addresses for it are the same with and without the bridge.
    let listener = Listener(kind: .internal, address: .tcp(host: network.gateway, port: port), network: network.subnet)
    return ModelBridgePlan(listener: listener, upstream: upstream)
  }

  /// Everything that comes goes there.
  package var routes: [Route] {
    [Route(service: "llm", target: .upstream(upstream), authentication: .none, upgradePaths: [])]
  }
}
