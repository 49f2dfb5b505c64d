package import Model
import Settings

/// How containers reach a model server that listens on this machine's loopback address only, as Ollama does by itself: at the same
/// port of the stack network's address, which is what `host.docker.internal` means to them. Nobody else gets in there.
package struct ModelBridge: Sendable, Hashable {
  package var listener: Listener
  package var target: Address

  /// Nil: not asked for, no containers, or a server that they reach by themselves.
  init?(_ settings: LLMSettings, server: String?, network: StackNetwork?) {
    guard settings.bridge != .off, let network, let server = server ?? Self.usual(settings),
      let address = Address(server.replacing("http://", with: "")), case .tcp(let host, let port) = address,
      host == "localhost" || host.hasPrefix("127.") || host == "::1"
    else { return nil }
    listener = Listener(kind: .internal, address: .tcp(host: network.gateway, port: port), network: network.subnet)
    target = address
  }

  /// Ollama may be started later.
  private static func usual(_ settings: LLMSettings) -> String? {
    settings.addresses.isEmpty && settings.api == .ollama ? "127.0.0.1:11434" : nil
  }
}
