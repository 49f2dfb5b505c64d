package import Model

/// One HTTP/1.1 request, as a value. Nothing is sent until a client gets it.
package struct ClientRequest: Sendable {
  package enum Scheme: String, Sendable { case http, https }

  package var method: String
  package var scheme: Scheme
  /// A name or an address literal, IPv6 without brackets.
  package var host: String
  package var port: UInt16
  /// Sent exactly as it stands here: dot segments, double slashes and escapes are kept.
  package var target: String
  /// Sent in this order, doubles included. `Host` replaces the one that follows from `host` and `port`.
  package var fields: [(name: String, value: String)]
  /// Nil: none. Empty: a body of length 0.
  package var body: [UInt8]?
  /// Where to connect instead of `host` and `port`: a resolve rule, or a unix socket.
  package var connectsTo: Address?
  package var timeouts: ClientTimeouts
  /// Redirects to follow; 0 hands them to the caller.
  package var redirects: Int

  package init(
    _ method: String = "GET", scheme: Scheme = .http, host: String, port: UInt16, target: String,
    fields: [(name: String, value: String)] = [], body: [UInt8]? = nil, connectsTo: Address? = nil,
    timeouts: ClientTimeouts = ClientTimeouts(), redirects: Int = 0
  ) {
    self.method = method
    self.scheme = scheme
    self.host = host
    self.port = port
    self.target = target
    self.fields = fields
    self.body = body
    self.connectsTo = connectsTo
    self.timeouts = timeouts
    self.redirects = redirects
  }

  /// To whatever listens at `address`. Over a unix socket the host is `localhost`.
  package init(
    _ method: String = "GET", at address: Address, target: String, fields: [(name: String, value: String)] = [],
    body: [UInt8]? = nil, timeouts: ClientTimeouts = ClientTimeouts()
  ) {
    switch address {
    case .tcp(let host, let port):
      self.init(method, host: host, port: port, target: target, fields: fields, body: body, timeouts: timeouts)
    case .unix:
      self.init(
        method, host: "localhost", port: 80, target: target, fields: fields, body: body, connectsTo: address,
        timeouts: timeouts)
    }
  }

  /// The first field of that name, whatever its case.
  package func field(_ name: String) -> String? {
    fields.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// Limits of one request.
package struct ClientTimeouts: Sendable, Hashable {
  /// For the name, the connection and TLS together.
  package var connect: Duration
  /// From the start to the last byte. Nil: no limit.
  package var total: Duration?
  /// Between two bytes from the server, the time to the first included. Time in which the caller does not read does not count.
  package var idle: Duration?

  package init(connect: Duration = .seconds(5), total: Duration? = .seconds(30), idle: Duration? = nil) {
    self.connect = connect
    self.total = total
    self.idle = idle
  }

  /// For answers of unknown length, such as a model's: no total, ten minutes of silence at most.
  package static let stream = ClientTimeouts(total: nil, idle: .seconds(600))
}
