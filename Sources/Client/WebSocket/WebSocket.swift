/// The client's end of a websocket (RFC 6455), without extensions, over a connection that is not encrypted.
package actor WebSocket {
  /// Bytes of a message from the other end: 64 KiB unless told otherwise.
  package static let messageLimit = 64 * 1024

  private let line: Line
  private var decoder: FrameDecoder
  private var reader: MessageReader
  private var isClosing = false

  private init(line: Line, rest: [UInt8], limit: Int) {
    self.line = line
    decoder = FrameDecoder(expectsMask: false, limit: limit)
    decoder.push(rest)
    reader = MessageReader(limit: limit)
  }

  /// `request`: where to, with which fields; `timeouts.total` holds for the websocket's whole life. Cancelling the task that
  /// opens, sends or receives closes the connection at once.
  package static func open(
    _ request: ClientRequest, with client: HTTPClient, messageLimit: Int = WebSocket.messageLimit
  ) async throws(WebSocketError) -> WebSocket {
    if let problem = request.problem { throw .connection(.invalidRequest(problem)) }
    let line = try await connection { () async throws(ClientError) in try await client.connect(request) }
    let key = base64(randomBytes(16))
    let opening = WebSocketHandshake.bytes(for: request, key: key)
    try await connection { () async throws(ClientError) in try await line.write(opening) }
    var answer = HandshakeReader()
    while true {
      let piece = try await connection { () async throws(ClientError) in try await line.next() }
      guard let piece else { throw .connection(.closedEarly(by: request.destination)) }
      guard let (head, rest) = try answer.take(piece) else { continue }
      try WebSocketHandshake.check(head, key: key)
      return WebSocket(line: line, rest: rest, limit: messageLimit)
    }
  }

  package func send(_ text: String) async throws(WebSocketError) { try await send(.text, Array(text.utf8)) }

  package func send(_ bytes: [UInt8]) async throws(WebSocketError) { try await send(.binary, bytes) }

  /// At most 125 bytes. The answer is taken in by `receive`.
  package func ping(_ payload: [UInt8] = []) async throws(WebSocketError) { try await send(.ping, Array(payload.prefix(125))) }

  /// The next message; nil once the other end has closed. Pings are answered on the way.
  package func receive() async throws(WebSocketError) -> WebSocketMessage? {
    do {
      while let event = try await nextEvent() {
        switch event {
        case .message(let message): return message
        case .ping(let payload): try await send(.pong, payload)
        case .pong: break
        case .close(let code, _):
          try? await sendClose(code)
          line.cancel()
          return nil
        }
      }
      return nil
    } catch {
      line.cancel()
      throw error
    }
  }

  /// Says goodbye, waits for the other end's, and closes. What still comes in is left out, a hundred messages at most.
  package func close(code: UInt16 = 1000) async {
    try? await sendClose(code)
    for _ in 0..<100 {
      guard let message = try? await receive() else { break }
      _ = message
    }
    line.cancel()
  }

  private func nextEvent() async throws(WebSocketError) -> MessageReader.Event? {
    while true {
      while let frame = try decoder.next() {
        if let event = try reader.take(frame) { return event }
      }
      let piece = try await Self.connection { [line] () async throws(ClientError) in try await line.next() }
      guard let piece else {
        if isClosing { return nil }
        throw .connection(.closedEarly(by: "the other end of the websocket"))
      }
      decoder.push(piece)
    }
  }

  private func sendClose(_ code: UInt16?) async throws(WebSocketError) {
    guard !isClosing else { return }
    isClosing = true
    try await send(.close, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? [])
  }

  private func send(_ opcode: WebSocketFrame.Opcode, _ payload: [UInt8]) async throws(WebSocketError) {
    let bytes = WebSocketFrame(opcode, payload).encoded(mask: Self.randomBytes(4))
    try await Self.connection { [line] () async throws(ClientError) in try await line.write(bytes) }
  }

  private static func randomBytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in .random(in: 0...255) } }

  private static func connection<Value: Sendable>(
    _ body: () async throws(ClientError) -> Value
  ) async throws(WebSocketError) -> Value {
    do throws(ClientError) { return try await body() } catch { throw .connection(error) }
  }
}
