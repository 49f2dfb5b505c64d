/// Follows chunked framing (RFC 9112 7.1) through pieces of any size. Strict: CRLF only, plain hexadecimal sizes.
///
/// Chunk extensions and trailers are checked and left out: no service needs them, and servers differ in reading them.
package struct ChunkedBody: Sendable {
  private enum State: UInt8 {
    case size, sizeOrEnd, extensions, sizeReturn, sizeLineFeed, data, dataReturn, dataLineFeed
    case trailerStart, trailerName, trailerValue, trailerLineFeed, lastLineFeed, done
  }

  package struct Malformed: Error {
    package init() {}
  }

  package enum Kind { case framing, data, dropped }

  /// The next run of bytes that are of one kind.
  package struct Segment {
    package var end: Int
    package var kind: Kind
  }

  private var state = State.size
  private var digits: UInt8 = 0
  private var skipped = 0
  /// White space before an extension.
  private var blanks: UInt8 = 0
  /// Bytes of the current chunk that are still to come.
  private var remaining = 0
  /// All data bytes so far.
  package private(set) var total = 0

  package init() {}

  package var isDone: Bool { state == .done }

  /// Whether the next byte starts a chunk's size. A `0` of our own may stand there: sizes may have leading zeros (RFC 9112 7.1).
  package var isBetweenChunks: Bool { state == .size }

  /// Reads from `start` to where the kind of the bytes changes, or to the end of `bytes`, or of the body.
  package mutating func next(_ bytes: Span<UInt8>, from start: Int) throws(Malformed) -> Segment {
    if state == .data {
      let count = min(remaining, bytes.count - start)
      remaining &-= count
      total &+= count
      if remaining == 0 { state = .dataReturn }
      return Segment(end: start + count, kind: .data)
    }
    let isDropped = dropsBytes
    var at = start
    while at < bytes.count, state != .data, state != .done, dropsBytes == isDropped {
      // The byte that starts an extension or a trailer is the first that is left out.
      if !isDropped, startsDropped(bytes[at]) {
        if at > start { break }
        try advance(bytes[at])
        return Segment(end: at + 1, kind: .dropped)
      }
      if state == .extensions, bytes[at] == 13 {
        try endExtensions()
        break
      }
      try advance(bytes[at])
      at &+= 1
    }
    return Segment(end: at, kind: isDropped ? .dropped : .framing)
  }

  private var dropsBytes: Bool {
    switch state {
    case .extensions, .trailerName, .trailerValue, .trailerLineFeed: true
    default: false
    }
  }

  private func startsDropped(_ byte: UInt8) -> Bool {
    switch state {
    case .sizeOrEnd: byte == 59 || byte == 32 || byte == 9
    case .trailerStart: byte != 13
    default: false
    }
  }

  private mutating func advance(_ byte: UInt8) throws(Malformed) {
    switch state {
    case .size, .sizeOrEnd: try readSize(byte)
    case .extensions: try readExtension(byte)
    case .sizeReturn: try expect(byte, 13, .sizeLineFeed)
    case .sizeLineFeed:
      guard byte == 10 else { throw Malformed() }
      state = remaining == 0 ? .trailerStart : .data
      digits = 0
      skipped = 0
      blanks = 0
    case .dataReturn: try expect(byte, 13, .dataLineFeed)
    case .dataLineFeed: try expect(byte, 10, .size)
    case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed: try readTrailer(byte)
    case .lastLineFeed: try expect(byte, 10, .done)
    case .data, .done: break
    }
  }

  private mutating func expect(_ byte: UInt8, _ wanted: UInt8, _ next: State) throws(Malformed) {
    guard byte == wanted else { throw Malformed() }
    state = next
  }

  private mutating func readSize(_ byte: UInt8) throws(Malformed) {
    let value = hexadecimalValue(byte)
    if value < 16 {
      // 12 digits are 256 TiB; longer sizes overflow somewhere behind us.
      guard digits < 12 else { throw Malformed() }
      remaining = digits == 0 ? Int(value) : remaining << 4 | Int(value)
      digits &+= 1
      state = .sizeOrEnd
    } else {
      guard state == .sizeOrEnd, byte == 13 || byte == 59 || byte == 32 || byte == 9 else { throw Malformed() }
      state = byte == 13 ? .sizeLineFeed : .extensions
      // White space may stand before a semicolon only (RFC 9112 7.1.1).
      skipped = byte == 59 ? 1 : 0
    }
  }

  /// The line end after extensions is part of the framing again. Mere white space was no extension.
  private mutating func endExtensions() throws(Malformed) {
    guard skipped > 0 else { throw Malformed() }
    state = .sizeReturn
  }

  /// Extensions are bounded: a size line of megabytes is an attack.
  private mutating func readExtension(_ byte: UInt8) throws(Malformed) {
    if skipped == 0 {
      blanks &+= 1
      guard byte == 59 || byte == 32 || byte == 9, blanks < 64 else { throw Malformed() }
      if byte == 59 { skipped = 1 }
      return
    }
    skipped &+= 1
    guard skipped < 1024, byte == 9 || (byte >= 32 && byte != 127) else { throw Malformed() }
  }

  private mutating func readTrailer(_ byte: UInt8) throws(Malformed) {
    skipped &+= 1
    guard skipped < 8192 else { throw Malformed() }
    switch state {
    case .trailerStart:
      guard byte == 13 || isToken(byte) else { throw Malformed() }
      state = byte == 13 ? .lastLineFeed : .trailerName
    case .trailerName:
      guard byte == 58 || isToken(byte) else { throw Malformed() }
      if byte == 58 { state = .trailerValue }
    case .trailerValue:
      guard byte == 13 || byte == 9 || (byte >= 32 && byte != 127) else { throw Malformed() }
      if byte == 13 { state = .trailerLineFeed }
    default:
      try expect(byte, 10, .trailerStart)
    }
  }
}
