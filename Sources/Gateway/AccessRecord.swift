import HTTP
import Model

/// Formats access records as JSON lines into one buffer of an event loop.
struct RecordBuffer {
  private(set) var bytes: [UInt8] = []
  private(set) var openedAt: Int64 = .max
  private var clock = WallClock()

  init() { bytes.reserveCapacity(Self.full + 8192) }

  /// A batch that is worth handing over.
  static let full = 32 * 1024

  var isFull: Bool { bytes.count >= Self.full }

  /// Takes the batch out; `refill` puts an empty buffer in its place.
  mutating func takeBatch() -> [UInt8] {
    let batch = bytes
    bytes = []
    openedAt = .max
    return batch
  }

  mutating func refill(with spare: [UInt8]) {
    bytes = spare
    bytes.removeAll(keepingCapacity: true)
  }

  /// `now`: milliseconds, monotonic; `finishedAt`: nanoseconds, monotonic.
  mutating func append(_ exchange: borrowing Exchange, kind: ListenerKind, service: [UInt8], user: [UInt8], finishedAt: UInt64, now: Int64)
  {
    if bytes.isEmpty { openedAt = now }
    put("{\"time\":\"")
    clock.appendTimestamp(to: &bytes)
    put("\",\"listener\":\"")
    putText(kind.rawValue.utf8)
    put("\",\"client\":\"")
    put(escaped: exchange.clientText)
    if !user.isEmpty {
      put("\",\"user\":\"")
      put(escaped: user)
    }
    put("\",\"service\":\"")
    put(escaped: service)
    put("\",\"request\":\"")
    putLine(exchange.line)
    put("\",\"status\":")
    put(decimal: exchange.status)
    put(",\"sent\":")
    put(decimal: exchange.sent)
    put(",\"received\":")
    put(decimal: exchange.received)
    put(",\"us\":")
    put(decimal: Int((finishedAt &- exchange.startedAt) / 1000))
    if exchange.answeredAt > 0 {
      put(",\"first_us\":")
      put(decimal: Int((exchange.answeredAt &- exchange.startedAt) / 1000))
    }
    put("}\n")
  }

  /// Method and path. A query may hold tokens and is left out.
  private mutating func putLine(_ line: [UInt8]) {
    guard let question = line.firstIndex(of: 63) else { return put(escaped: line) }
    put(escaped: line[..<question])
    put("?...")
  }

  private mutating func put(_ text: StaticString) {
    text.withUTF8Buffer { source in unsafe bytes.append(contentsOf: source) }
  }

  private mutating func putText(_ text: some Sequence<UInt8>) { bytes.append(contentsOf: text) }

  private mutating func put(escaped text: some Collection<UInt8>) {
    if text.allSatisfy({ $0 >= 32 && $0 < 127 && $0 != 34 && $0 != 92 }) { return bytes.append(contentsOf: text) }
    for byte in text {
      if byte == 34 || byte == 92 {
        bytes.append(92)
        bytes.append(byte)
      } else if byte < 32 || byte >= 127 {
        // Not assumed to be UTF-8: each byte as the code point of its number.
        put("\\u00")
        bytes.append(Self.hexadecimal(byte >> 4))
        bytes.append(Self.hexadecimal(byte & 15))
      } else {
        bytes.append(byte)
      }
    }
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 { digit < 10 ? 48 + digit : 87 + digit }

  private mutating func put(decimal value: Int) {
    if value > 9 { put(decimal: value / 10) }
    bytes.append(48 &+ UInt8(truncatingIfNeeded: value % 10))
  }
}
