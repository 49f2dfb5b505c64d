/// Bytes in, frames out, however the bytes are split. Holds one frame at most beside what was pushed.
package struct FrameDecoder: Sendable {
  private var bytes: [UInt8] = []
  private let expectsMask: Bool
  private let limit: Int

  /// `expectsMask`: true at a server, whose clients must mask. `limit`: bytes of one frame's payload.
  package init(expectsMask: Bool, limit: Int) {
    self.expectsMask = expectsMask
    self.limit = limit
  }

  package mutating func push(_ more: [UInt8]) { bytes += more }

  /// Nil: more bytes are needed.
  package mutating func next() throws(WebSocketError) -> WebSocketFrame? {
    guard bytes.count >= 2 else { return nil }
    let opcode = try opcode(bytes[0])
    let isFinal = bytes[0] & 0x80 != 0
    guard (bytes[1] & 0x80 != 0) == expectsMask else { throw .violation("a frame is masked the wrong way round") }
    let short = Int(bytes[1] & 0x7F)
    if opcode.isControl, !isFinal || short > 125 { throw .violation("a control frame is fragmented or too long") }
    guard let (length, start) = try length(short) else { return nil }
    let maskEnd = start + (expectsMask ? 4 : 0)
    guard bytes.count >= maskEnd + length else { return nil }
    let payload = bytes[maskEnd..<maskEnd + length]
    let plain = expectsMask ? masked(payload, Array(bytes[start..<maskEnd])) : Array(payload)
    bytes.removeFirst(maskEnd + length)
    return WebSocketFrame(opcode, plain, isFinal: isFinal)
  }

  private func opcode(_ byte: UInt8) throws(WebSocketError) -> WebSocketFrame.Opcode {
    guard byte & 0x70 == 0, let opcode = WebSocketFrame.Opcode(rawValue: byte & 0x0F) else {
      throw .violation("a frame has reserved bits or an unknown opcode")
    }
    return opcode
  }

  /// The payload's length, and where mask or payload begin.
  private func length(_ short: Int) throws(WebSocketError) -> (length: Int, start: Int)? {
    guard short >= 126 else { return (short, 2) }
    let start = short == 126 ? 4 : 10
    guard bytes.count >= start else { return nil }
    let length = bytes[2..<start].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length >= (short == 126 ? 126 : 65536) else { throw .violation("a frame's length is not written the short way") }
    guard length <= UInt64(limit) else { throw .tooLarge(limit: limit) }
    return (Int(length), start)
  }
}
