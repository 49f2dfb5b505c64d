/// One frame of RFC 6455, section 5, unmasked.
package struct WebSocketFrame: Sendable, Hashable {
  package enum Opcode: UInt8, Sendable {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    package var isControl: Bool { rawValue >= 8 }
  }

  package var opcode: Opcode
  package var payload: [UInt8]
  package var isFinal: Bool

  package init(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true) {
    self.opcode = opcode
    self.payload = payload
    self.isFinal = isFinal
  }

  /// As it goes over the wire. A client gives four random bytes as the mask, a server none.
  package func encoded(mask: [UInt8]?) -> [UInt8] {
    let maskBit: UInt8 = mask == nil ? 0 : 0x80
    var bytes = [opcode.rawValue | (isFinal ? 0x80 : 0)]
    switch payload.count {
    case 0..<126: bytes.append(maskBit | UInt8(payload.count))
    case 126..<65536: bytes += [maskBit | 126] + Self.bigEndian(payload.count, bytes: 2)
    default: bytes += [maskBit | 127] + Self.bigEndian(payload.count, bytes: 8)
    }
    guard let mask else { return bytes + payload }
    return bytes + mask + masked(payload[...], mask)
  }

  private static func bigEndian(_ number: Int, bytes: Int) -> [UInt8] {
    (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}

func masked(_ payload: ArraySlice<UInt8>, _ mask: [UInt8]) -> [UInt8] {
  payload.enumerated().map { $1 ^ mask[$0 & 3] }
}
