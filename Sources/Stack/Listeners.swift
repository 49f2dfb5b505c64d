import Model
import Settings

/// Where the gateway listens.
struct ListenerPlanner {
  let settings: GatewaySettings
  /// The container network of the stack; nil where it has none.
  var stackNetwork: StackChoices?

  func listeners() -> [Listener] {
    let own = [(ListenerKind.local, settings.local), (.lan, settings.lan), (.tunnel, settings.tunnel)]
      .compactMap { kind, address in address.map { Listener(kind: kind, address: $0) } }
    return own + (internalListener.map { [$0] } ?? [])
  }

  private var internalListener: Listener? {
    switch settings.internal {
    case .off: return nil
    case .address(let address): return Listener(kind: .internal, address: address)
    case .auto:
      guard let stackNetwork else {
        return Listener(kind: .internal, address: .tcp(host: "127.0.0.1", port: automaticPort))
      }
      let port = stackNetwork.internalPort ?? automaticPort
      return Listener(
        kind: .internal, address: .tcp(host: stackNetwork.network.gateway, port: port), network: stackNetwork.network.subnet)
    }
  }

  /// The port after the highest of the other two (8082 by default), so that a second stack on the same machine, which had to
  /// choose other ports for these, gets another here too. Zero, "any", stays zero.
  private var automaticPort: UInt16 {
    let others = [settings.local, settings.tunnel].compactMap { $0?.port }
    guard let highest = others.max() else { return 8082 }
    if highest == 0 { return 0 }
    if highest < UInt16.max { return highest + 1 }
    return (UInt16.max - 3..<UInt16.max).first { !others.contains($0) } ?? 8082
  }
}

extension Address {
  /// Nil for a unix socket.
  var port: UInt16? {
    if case .tcp(_, let port) = self { port } else { nil }
  }
}

extension StackPlan {
  /// For `internal: auto`, when somebody else has the port: the kernel chooses one.
  package mutating func moveInternalListenerToFreePort() { moveInternalListener(to: 0) }

  package mutating func moveInternalListener(to port: UInt16) {
    for index in listeners.indices where listeners[index].kind == .internal {
      if case .tcp(let host, _) = listeners[index].address { listeners[index].address = .tcp(host: host, port: port) }
    }
    caddy?.listeners = listeners
  }

  /// Where the internal listener was moved to by an earlier plan, services may know it: it stays there. To be used where nobody chose
  /// its port.
  package mutating func keepInternalPort(of old: StackPlan) {
    guard case .tcp(let oldHost, let port)? = old.listeners.first(where: { $0.kind == .internal })?.address,
      case .tcp(let host, _)? = listeners.first(where: { $0.kind == .internal })?.address, host == oldHost
    else { return }
    moveInternalListener(to: port)
  }
}
