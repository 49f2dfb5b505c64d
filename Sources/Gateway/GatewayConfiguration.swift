package import Model
package import TLS

/// Everything that the gateway does is in this one value; a change of settings is a new one.
package struct GatewayConfiguration: Sendable {
  package var listeners: [Listener]
  package var routes: [Route]
  /// Services that nobody may reach now (see `Gateway.withhold`).
  var withheld: Set<String> = []
  package var limits = Limits()
  package var timeouts = Timeouts()
  /// Networks (`10.0.0.0/8`) whose X-Forwarded-For is believed on `local` and `lan`.
  package var trustedProxies: [String] = []
  /// The certificate of `lan`. Nil: nothing is accepted there.
  package var tls: TLSContext?
  /// What somebody gets who speaks plain HTTP there, with 400; nil: what every malformed request gets.
  package var plaintextAnswer: AnswerBodies?
  package var makeDoor: DoorMaker
  /// What Leanto says itself, by status.
  package var answers: [Int: AnswerBodies]
  /// Content-Security-Policy of those in HTML.
  package var answerPolicy: [UInt8] = Array("default-src 'none'".utf8)
  /// Pages of routes with the target `local`, and everything on the control listener.
  package var handler: LocalHandler
  /// Where routes lead to the model. Nil: there are none.
  package var gate: Gate?

  package init(
    listeners: [Listener], routes: [Route], makeDoor: @escaping DoorMaker, answers: [Int: AnswerBodies],
    handler: @escaping LocalHandler
  ) {
    self.listeners = listeners
    self.routes = routes
    self.makeDoor = makeDoor
    self.answers = answers
    self.handler = handler
  }

  /// Bytes and counts.
  package struct Limits: Sendable, Hashable {
    package var head = 64 * 1024
    package var body = 200 * 1024 * 1024
    package var connections = 12_000
    /// Nil: off.
    package var connectionsPerAddress: Int?

    package init() {}
  }

  /// Milliseconds.
  package struct Timeouts: Sendable, Hashable {
    /// From the first byte of a head to its end.
    package var head: Int64 = 10_000
    /// Between requests, and between pieces of a request's body.
    package var idle: Int64 = 75_000
    package var connect: Int64 = 5_000
    /// From the end of the request to the head of the response.
    package var upstream: Int64 = 300_000
    /// Between pieces of a response, or of a websocket.
    package var streamIdle: Int64 = 600_000
    package var drain: Int64 = 30_000

    package init() {}
  }
}

/// One answer in the three forms that a client may ask for.
package struct AnswerBodies: Sendable {
  package var text: [UInt8]
  package var json: [UInt8]
  package var html: [UInt8]

  package init(text: [UInt8], json: [UInt8], html: [UInt8]) {
    self.text = text
    self.json = json
    self.html = html
  }
}
