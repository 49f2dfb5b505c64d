/// A frame of HTTP/2 (RFC 9113 4.1), as bytes that may be wrong.
struct Frame: Sendable, Hashable {
  var type: UInt8
  var flags: UInt8 = 0
  var stream: UInt32 = 0
  var payload: [UInt8] = []
  /// In place of the payload's.
  var length: Int?

  var bytes: [UInt8] {
    let length = length ?? payload.count
    return [UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255), type, flags] + number(stream) + payload
  }

  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  static func data(_ stream: UInt32, _ text: String = "", ends: Bool = false) -> Frame {
    Frame(type: 0, flags: ends ? 1 : 0, stream: stream, payload: Array(text.utf8))
  }

  /// `fields`: each without any compression, so that it says exactly this.
  static func headers(
    _ stream: UInt32, _ fields: [(String, String)] = request, ends: Bool = true, endsHead: Bool = true, type: UInt8 = 1
  ) -> Frame {
    Frame(type: type, flags: (ends ? 1 : 0) | (endsHead ? 4 : 0), stream: stream, payload: block(fields))
  }

  static let request = [(":method", "GET"), (":scheme", "https"), (":path", "/a?b"), (":authority", "box")]

  static func post(_ stream: UInt32, _ more: [(String, String)] = []) -> Frame {
    headers(stream, [(":method", "POST")] + request.dropFirst() + more, ends: false)
  }

  static func block(_ fields: [(String, String)]) -> [UInt8] {
    fields.flatMap { name, value in [0x00] + text(Array(name.utf8)) + text(Array(value.utf8)) }
  }

  /// RFC 7541 5.2, no Huffman.
  private static func text(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
    var (rest, prefix): (Int, [UInt8]) = (bytes.count - 127, [127])
    while rest >= 128 {
      prefix.append(UInt8(rest & 127 | 128))
      rest >>= 7
    }
    return prefix + [UInt8(rest)] + bytes
  }

  static func reset(_ stream: UInt32, _ code: UInt32 = 8) -> Frame { Frame(type: 3, stream: stream, payload: number(code)) }
  static func settings(_ entries: [(UInt16, UInt32)] = [], isAck: Bool = false) -> Frame {
    Frame(
      type: 4, flags: isAck ? 1 : 0, payload: entries.flatMap { [UInt8($0.0 >> 8), UInt8($0.0 & 255)] + number($0.1) })
  }
  static func ping(_ text: String = "12345678", isAck: Bool = false) -> Frame {
    Frame(type: 6, flags: isAck ? 1 : 0, payload: Array(text.utf8))
  }
  static func window(_ stream: UInt32, _ size: UInt32) -> Frame { Frame(type: 8, stream: stream, payload: number(size)) }
  static func priority(_ stream: UInt32, on other: UInt32) -> Frame {
    Frame(type: 2, stream: stream, payload: number(other) + [16])
  }

  /// All whole frames in `bytes`.
  static func read(_ bytes: [UInt8]) -> [Frame] {
    var frames: [Frame] = []
    var at = 0
    while at + 9 <= bytes.count {
      let length = Int(bytes[at]) << 16 | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2])
      guard at + 9 + length <= bytes.count else { break }
      frames.append(
        Frame(
          type: bytes[at + 3], flags: bytes[at + 4], stream: value(bytes[at + 5..<at + 9]) & 0x7FFF_FFFF,
          payload: Array(bytes[at + 9..<at + 9 + length])))
      at += 9 + length
    }
    return frames
  }

  /// The error code of a GOAWAY or RST_STREAM.
  var code: UInt32? {
    switch type {
    case 3 where payload.count == 4: Self.value(payload[0..<4])
    case 7 where payload.count >= 8: Self.value(payload[4..<8])
    default: nil
    }
  }

  var isLast: Bool { type <= 1 && flags & 1 != 0 }

  private static func value(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}

private func number(_ value: UInt32) -> [UInt8] { stride(from: 24, through: 0, by: -8).map { UInt8(value >> UInt32($0) & 255) } }

enum ErrorCode {
  static let none: UInt32 = 0
  static let protocolError: UInt32 = 1
  static let internalError: UInt32 = 2
  static let flowControl: UInt32 = 3
  static let streamClosed: UInt32 = 5
  static let frameSize: UInt32 = 6
  static let refused: UInt32 = 7
  static let cancel: UInt32 = 8
  static let compression: UInt32 = 9
  static let calm: UInt32 = 11
}
