/// A client that sends exactly the bytes it is given, and reads strictly.
package final class RawConnection {
  package let socket: WireSocket
  private let reader: MessageReader
  private var body = BodyReader(.none)

  /// `receiveBuffer` in bytes, for a client that takes little at a time.
  package init(port: UInt16, receiveBuffer: Int32? = nil) throws {
    socket = try WireSocket.connect(port: port, receiveBuffer: receiveBuffer)
    reader = MessageReader(socket)
  }

  package init(path: String) throws {
    socket = try WireSocket.connect(path: path)
    reader = MessageReader(socket)
  }

  package func send(_ text: String) throws { try socket.send(octets(text)) }
  package func send(_ bytes: [UInt8]) throws { try socket.send(bytes) }

  /// Each byte in a write of its own.
  package func sendByteByByte(_ text: String) throws {
    for byte in octets(text) { try socket.send([byte]) }
  }

  /// The final response with its whole body. `method` is what was asked: a HEAD has no body.
  package func response(to method: String = "GET", _ deadline: Deadline = .patient) throws -> WireResponse {
    var response = try responseHead(to: method, deadline)
    response.body = try restOfBody(deadline)
    response.trailers = body.trailers
    return response
  }

  /// The final response's head, with the interim ones before it; the body is read piece by piece afterwards.
  package func responseHead(to method: String = "GET", _ deadline: Deadline = .patient) throws -> WireResponse {
    var interim = [WireResponse]()
    while true {
      var response = try anyHead(deadline)
      guard (100..<200).contains(response.status), response.status != 101 else {
        response.interim = interim
        response.framing = try response.framing(to: method)
        body = BodyReader(response.framing)
        return response
      }
      interim.append(response)
    }
  }

  /// The next head, interim or not. For a final one use `responseHead`.
  package func anyHead(_ deadline: Deadline = .patient) throws -> WireResponse {
    guard let head = try reader.head(deadline, for: "a response") else { throw WireError.ended("waiting for a response") }
    return try WireResponse(head)
  }

  /// The next bytes of the body, as they come; nil at its end.
  package func bodyPiece(_ deadline: Deadline = .patient) throws -> [UInt8]? { try body.piece(from: reader, deadline) }

  /// Reads until the body so far has `count` bytes more.
  package func bodyBytes(_ count: Int, _ deadline: Deadline = .patient) throws -> [UInt8] {
    var bytes = [UInt8]()
    while bytes.count < count, let piece = try bodyPiece(deadline) { bytes += piece }
    return bytes
  }

  package func restOfBody(_ deadline: Deadline = .patient) throws -> [UInt8] {
    var bytes = [UInt8]()
    while let piece = try bodyPiece(deadline) { bytes += piece }
    return bytes
  }

  /// Raw bytes, after an upgrade.
  package func bytes(_ count: Int, _ deadline: Deadline = .patient) throws -> [UInt8] {
    try reader.exactly(count, deadline, for: "\(count) bytes")
  }

  /// Everything that still comes until the connection is over.
  package func rest(_ deadline: Deadline = .patient) throws -> (bytes: [UInt8], wasReset: Bool) { try reader.rest(deadline) }
}

/// A response as a client sees it.
package struct WireResponse: Sendable {
  package var version: String
  package var status: Int
  package var reason: String
  package var head: MessageHead
  package var framing = BodyFraming.none
  package var body = [UInt8]()
  package var trailers = [(name: String, value: String)]()
  package var interim = [WireResponse]()

  init(_ head: MessageHead) throws {
    let parts = head.startLine.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].hasPrefix("HTTP/1."), parts[1].count == 3, let status = Int(parts[1]) else {
      throw WireError.malformed("a status line: \(head.startLine)")
    }
    self.head = head
    version = String(parts[0])
    reason = String(parts[2])
    self.status = status
  }

  package var text: String { latin1(body) }
  package subscript(name: String) -> String? { head[name] }
  package func values(_ name: String) -> [String] { head.values(name) }

  /// RFC 9112, 6.3.
  func framing(to method: String) throws -> BodyFraming {
    let stated = try head.statedFraming()
    if method == "HEAD" || status == 204 || status == 304 || status < 200 { return .none }
    return stated ?? .untilEnd
  }
}
