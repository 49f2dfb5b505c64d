internal import FoundationEssentials
package import Model

/// One request that Caddy forwarded, out of a line of its access log (Caddy 2.11, `format json`). Leanto named the listener, the client,
/// the user and the service when it was asked.
package struct CaddyRecord: Sendable, Equatable {
  package var listener: ListenerKind
  package var client: String
  package var user: String
  package var service: String
  /// Method, space, target; a query is `?...`.
  package var request: String
  /// 0: the client left before there was one.
  package var status: Int
  /// Bytes of the response's body.
  package var sent: Int
  /// Bytes of the request's body.
  package var received: Int
  package var seconds: Double

  /// Nil: no record of a request.
  package init?(line: [UInt8]) {
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(line)) else { return nil }
    listener = ListenerKind(rawValue: line.listener ?? "") ?? .local
    client = line.client ?? line.request.remoteIP
    user = line.user ?? ""
    service = line.service ?? ""
    request = "\(line.request.method) \(line.request.uri)"
    (status, sent, received, seconds) = (line.status, line.size, line.bytesRead, line.duration)
  }

  private struct Line: Decodable {
    struct Request: Decodable {
      private enum CodingKeys: String, CodingKey {
        case remoteIP = "remote_ip"
        case method, uri
      }

      var remoteIP: String
      var method: String
      var uri: String
    }

    private enum CodingKeys: String, CodingKey {
      case bytesRead = "bytes_read"
      case request, duration, size, status, listener, client, user, service
    }

    var request: Request
    var bytesRead: Int
    var duration: Double
    var size: Int
    var status: Int
    var listener: String?
    var client: String?
    var user: String?
    var service: String?
  }
}
