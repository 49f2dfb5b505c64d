package import Model

/// Where to connect, with names already resolved: an event loop never asks the network for a name.
package struct UpstreamAddress: Sendable, Hashable {
  enum Form: Sendable, Hashable {
    case tcp(numeric: String, port: UInt16)
    case unix(path: String)
  }

  let form: Form

  /// All addresses of `address`, to be tried in order. Empty when the name is unknown. May ask the network.
  package static func resolving(_ address: Address) -> [UpstreamAddress] {
    switch address {
    case .tcp(let host, let port): resolve(host).map { UpstreamAddress(form: .tcp(numeric: $0, port: port)) }
    case .unix(let path): [UpstreamAddress(form: .unix(path: path))]
    }
  }
}
