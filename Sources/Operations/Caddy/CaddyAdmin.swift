package import Client
internal import FoundationEssentials
package import Model

/// Caddy's admin API, at its unix socket.
package struct CaddyAdmin: Sendable {
  private let client: HTTPClient
  private let socket: Address

  package init(client: HTTPClient, socket: Address) {
    self.client = client
    self.socket = socket
  }

  package enum Outcome: Sendable, Equatable {
    case loaded
    /// The earlier configuration goes on; what Caddy says of the new one.
    case refused(String)
    /// No Caddy is there.
    case absent
  }

  /// Puts a Caddyfile into force. Connections and requests that run keep the configuration that they began with.
  package func load(_ caddyfile: String) async -> Outcome {
    let request = ClientRequest(
      "POST", at: socket, target: "/load", fields: [("Content-Type", "text/caddyfile")], body: Array(caddyfile.utf8),
      timeouts: ClientTimeouts(connect: .seconds(2), total: .seconds(20)))
    guard let answer = try? await client.send(request, bodyLimit: 64 * 1024) else { return .absent }
    return answer.status == 200 ? .loaded : .refused(Self.reason(answer.body))
  }

  private struct Problem: Decodable { var error: String }

  private static func reason(_ body: [UInt8]) -> String {
    (try? JSONDecoder().decode(Problem.self, from: Data(body)))?.error ?? String(decoding: body.prefix(500), as: UTF8.self)
  }
}
