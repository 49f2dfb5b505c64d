/// How the gateway understood a request: the answer of `/leanto/whoami`.
package struct WhoAmI: Sendable, Codable, Hashable {
  package var user: String?
  /// The client's true address, without a port.
  package var client: String?
  /// `http` or `https`, as the client spoke it.
  package var proto: String?
  package var host: String?
  package var listener: String?

  package init(user: String?, client: String?, proto: String?, host: String?, listener: String?) {
    self.user = user
    self.client = client
    self.proto = proto
    self.host = host
    self.listener = listener
  }
}
