import TestSupport
import Testing

@testable import HTTP

@Suite("Eight bytes at a time")
struct EightBytesTests {
  /// Each byte at each place among ordinary ones: what is seen together is what a byte by itself says.
  private static let places = 0..<8

  private func around(_ byte: UInt8, at place: Int) -> [UInt8] {
    var bytes = octets("abc-DEFg")
    bytes[place] = byte
    return bytes
  }

  @Test("find what a field's value must not hold, whichever byte it is", arguments: places)
  func controls(place: Int) {
    for byte in UInt8.min...UInt8.max {
      let bytes = around(byte, at: place)
      #expect(EightBytes(bytes.span, at: 0).holdControls == (byte < 32 || byte == 127), "\(byte)")
      // A tab is the one control that a value may hold.
      #expect(isFieldValue(bytes.span) == ((byte >= 32 || byte == 9) && byte != 127), "\(byte)")
    }
  }

  @Test("count the letters and hyphens that they begin with", arguments: places)
  func names(place: Int) {
    for byte in UInt8.min...UInt8.max {
      let bytes = around(byte, at: place)
      let isName = byte == 45 || byte | 0x20 >= 97 && byte | 0x20 <= 122
      #expect(EightBytes(bytes.span, at: 0).leadingNameCount == (isName ? 8 : place), "\(byte)")
    }
  }

  @Test("are the same text in any case, and no other byte passes for one", arguments: places)
  func caseless(place: Int) {
    let text = octets("accept-e")
    for byte in UInt8.min...UInt8.max {
      var bytes = octets("ACCEPT-E")
      bytes[place] = byte
      #expect(EightBytes(bytes.span, at: 0).isCaseless(text.span, at: 0) == (lowercased(byte) == text[place]), "\(byte)")
    }
  }

  @Test("end a value's check with its last byte, however long it is", arguments: 1...40)
  func lengths(length: Int) {
    for place in 0..<length {
      var bytes = [UInt8](repeating: 120, count: length)
      let before = isFieldValue(bytes.span)
      bytes[place] = 7
      let after = isFieldValue(bytes.span)
      #expect(before && !after, "\(place)")
    }
  }

  @Test("are written into a JSON string as one byte after the other would be", arguments: places)
  func json(place: Int) {
    for byte in UInt8.min...UInt8.max {
      let bytes = around(byte, at: place) + around(byte, at: 7 - place)
      var writer = ByteWriter(capacity: 256)
      writer.append(json: bytes.span)
      var written: [UInt8] = []
      writer.append(to: &written)
      #expect(latin1(written) == bytes.map(Self.escaped).joined(), "\(byte)")
    }
  }

  private static func escaped(_ byte: UInt8) -> String {
    switch byte {
    case 34: "\\\""
    case 92: "\\\\"
    case 32..<127: String(UnicodeScalar(byte))
    default: "\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }
}

@Suite("Numbers in a head")
struct DecimalTests {
  @Test("are written as Swift writes them", arguments: [0, 1, 9, 10, 99, 100, 1023, 65_536, 1_000_000_007, Int.max])
  func decimals(number: Int) {
    var writer = ByteWriter(capacity: 64)
    writer.append(decimal: number)
    var written: [UInt8] = []
    writer.append(to: &written)
    #expect(latin1(written) == "\(number)")
  }

  @Test("that do not fit are not begun")
  func overflow() {
    var writer = ByteWriter(capacity: 3)
    writer.append(decimal: 1234)
    #expect(writer.overflowed && writer.count == 0)
  }
}
