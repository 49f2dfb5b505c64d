package enum WebSocketMessage: Sendable, Hashable {
  case text(String)
  case binary([UInt8])
}

/// Puts the fragments of messages together. Control frames may come between them.
struct MessageReader {
  enum Event: Hashable {
    case message(WebSocketMessage)
    case ping([UInt8])
    case pong([UInt8])
    /// Without a code the peer gave none.
    case close(code: UInt16?, reason: String)
  }

  private var opcode: WebSocketFrame.Opcode?
  private var payload: [UInt8] = []
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Nil: the message goes on.
  mutating func take(_ frame: WebSocketFrame) throws(WebSocketError) -> Event? {
    switch frame.opcode {
    case .ping: return .ping(frame.payload)
    case .pong: return .pong(frame.payload)
    case .close: return try Self.close(frame.payload)
    case .continuation:
      guard opcode != nil else { throw .violation("a fragment belongs to no message") }
    case .text, .binary:
      guard opcode == nil else { throw .violation("a message began within another") }
      opcode = frame.opcode
    }
    guard payload.count + frame.payload.count <= limit else { throw .tooLarge(limit: limit) }
    payload += frame.payload
    return frame.isFinal ? .message(try finish()) : nil
  }

  private mutating func finish() throws(WebSocketError) -> WebSocketMessage {
    defer { (opcode, payload) = (nil, []) }
    guard opcode == .text else { return .binary(payload) }
    guard let text = String(validating: payload, as: UTF8.self) else { throw .violation("a text is not UTF-8") }
    return .text(text)
  }

  private static func close(_ payload: [UInt8]) throws(WebSocketError) -> Event {
    guard payload.count != 1 else { throw .violation("a close frame has half a code") }
    guard payload.count >= 2 else { return .close(code: nil, reason: "") }
    let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
    // RFC 6455, 7.4: what may stand in a frame.
    let isAllowed = (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code)
    guard isAllowed, let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else {
      throw .violation("a close frame has a code or a reason that none may have")
    }
    return .close(code: code, reason: reason)
  }
}
