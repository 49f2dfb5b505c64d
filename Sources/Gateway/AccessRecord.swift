import HTTP
import Model

/// Formats access records as JSON lines into one buffer of an event loop.
struct RecordBuffer: ~Copyable {
  private var text = ByteWriter(capacity: Self.full + Self.largest)
  private(set) var openedAt: Int64 = .max
  private var clock = WallClock()
  /// What the next batch is handed over in.
  private var spare: [UInt8] = []

  /// A batch that is worth handing over.
  static let full = 32 * 1024
  /// A head's bytes, each of them escaped, and the rest.
  private static let largest = 6 * maximumHeadLength + 8192

  var isEmpty: Bool { text.count == 0 }
  var isFull: Bool { text.count >= Self.full }

  /// Takes the batch out; `refill` gives its memory back.
  mutating func takeBatch() -> [UInt8] {
    var batch = spare
    spare = []
    text.append(to: &batch)
    text.removeAll()
    openedAt = .max
    return batch
  }

  mutating func refill(with memory: consuming [UInt8]) {
    spare = memory
    spare.removeAll(keepingCapacity: true)
  }

  /// `now`: milliseconds, monotonic; `finishedAt`: nanoseconds, monotonic.
  mutating func append(
    _ exchange: borrowing Exchange, kind: ListenerKind, service: Span<UInt8>, user: Span<UInt8>, finishedAt: UInt64, now: Int64
  ) {
    if isEmpty { openedAt = now }
    text.append("{\"time\":\"")
    clock.appendTimestamp(to: &text)
    text.append(Self.listener(kind))
    text.append(json: exchange.clientText.span)
    if user.count > 0 {
      text.append("\",\"user\":\"")
      text.append(json: user)
    }
    text.append("\",\"service\":\"")
    text.append(json: service)
    text.append("\",\"request\":\"")
    putLine(exchange.line.span)
    text.append("\",\"status\":")
    text.append(decimal: exchange.status)
    text.append(",\"sent\":")
    text.append(decimal: exchange.sent)
    text.append(",\"received\":")
    text.append(decimal: exchange.received)
    text.append(",\"us\":")
    text.append(decimal: Int((finishedAt &- exchange.startedAt) / 1000))
    if exchange.answeredAt > 0 {
      text.append(",\"first_us\":")
      text.append(decimal: Int((exchange.answeredAt &- exchange.startedAt) / 1000))
    }
    text.append("}\n")
  }

  private static func listener(_ kind: ListenerKind) -> StaticString {
    switch kind {
    case .local: "\",\"listener\":\"local\",\"client\":\""
    case .lan: "\",\"listener\":\"lan\",\"client\":\""
    case .tunnel: "\",\"listener\":\"tunnel\",\"client\":\""
    case .internal: "\",\"listener\":\"internal\",\"client\":\""
    case .control: "\",\"listener\":\"control\",\"client\":\""
    case .engine: "\",\"listener\":\"engine\",\"client\":\""
    }
  }

  /// Method and path. A query may hold tokens and is left out.
  private mutating func putLine(_ line: Span<UInt8>) {
    var end = 0
    while end < line.count, line[end] != 63 { end &+= 1 }
    // No head of ours is longer; another engine's may be.
    text.append(json: line.extracting(0..<min(end, maximumHeadLength)))
    if end < line.count { text.append("?...") }
  }
}
