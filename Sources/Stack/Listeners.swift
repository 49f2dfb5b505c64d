import Model
import Settings

/// Where the gateway listens.
struct ListenerPlanner {
  let settings: GatewaySettings

  func listeners() -> [Listener] {
    [(ListenerKind.local, settings.local), (.lan, settings.lan), (.tunnel, settings.tunnel), (.internal, internalAddress)]
      .compactMap { kind, address in address.map { Listener(kind: kind, address: $0) } }
  }

  private var internalAddress: Address? {
    switch settings.internal {
    case .off: nil
    case .address(let address): address
    case .auto: .tcp(host: "127.0.0.1", port: automaticPort)
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
  package mutating func moveInternalListenerToFreePort() {
    for index in listeners.indices where listeners[index].kind == .internal {
      if case .tcp(let host, _) = listeners[index].address { listeners[index].address = .tcp(host: host, port: 0) }
    }
  }
}
