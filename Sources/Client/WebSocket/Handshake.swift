/// The opening of RFC 6455, section 4.
package enum WebSocketHandshake {
  /// What a server answers to a key: section 4.2.2.
  package static func accept(for key: String) -> String {
    base64(sha1(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
  }

  /// The request's bytes. Its method and body do not count; a `Host` of its own replaces the usual one.
  static func bytes(for request: ClientRequest, key: String) -> [UInt8] {
    var lines = ["GET \(request.target) HTTP/1.1"]
    if request.field("Host") == nil { lines.append("Host: \(request.port == 80 ? request.host : request.authority)") }
    lines += ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: 13"]
    if request.field("User-Agent") == nil { lines.append("User-Agent: leanto") }
    lines += request.fields.map { "\($0.name): \($0.value)" }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  static func check(_ head: ResponseHead, key: String) throws(WebSocketError) {
    guard head.status == 101 else { throw .refused(head) }
    guard head.field("Upgrade")?.lowercased() == "websocket" else { throw .badHandshake("it upgrades to something else") }
    let connection = head.values("Connection").joined(separator: ",").lowercased()
    let options = connection.split { $0 == "," || $0 == " " || $0 == "\t" }
    guard options.contains("upgrade") else { throw .badHandshake("its Connection field does not say Upgrade") }
    guard head.values("Sec-WebSocket-Accept") == [accept(for: key)] else { throw .badHandshake("its answer to the key is wrong") }
    guard head.field("Sec-WebSocket-Extensions") == nil, head.field("Sec-WebSocket-Protocol") == nil else {
      throw .badHandshake("it chose an extension or a protocol that was not offered")
    }
  }
}

/// Finds the head at the start of a connection's bytes.
struct HandshakeReader {
  private var bytes: [UInt8] = []
  private var reader = HeadReader(followsRedirects: false)
  private static let limit = 64 * 1024

  /// The head, and the bytes that came after it. Nil: more is needed.
  mutating func take(_ more: [UInt8]) throws(WebSocketError) -> (head: ResponseHead, rest: [UInt8])? {
    bytes += more
    while let end = bytes.firstIndex(of: 10) {
      let line = Array(bytes[...end])
      bytes.removeFirst(line.count)
      do throws(ClientError) {
        if let head = try reader.take(line: line) { return (head, bytes) }
      } catch {
        throw .connection(error)
      }
    }
    guard bytes.count < Self.limit else { throw .connection(.tooLarge(limit: Self.limit)) }
    return nil
  }
}
