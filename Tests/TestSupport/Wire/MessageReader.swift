/// Reads messages from a socket, and takes no byte more than they have.
final class MessageReader {
  let socket: WireSocket
  private var buffer = [UInt8]()
  private var position = 0
  private var sawEnd = false
  /// Gets every byte that came.
  private let tap: (([UInt8]) -> Void)?

  init(_ socket: WireSocket, tap: (([UInt8]) -> Void)? = nil) {
    self.socket = socket
    self.tap = tap
  }

  /// Came, but not asked for yet.
  var waiting: ArraySlice<UInt8> { buffer[position...] }

  /// False at the end of what the peer sends.
  func fill(_ deadline: Deadline, for what: String) throws -> Bool {
    if sawEnd { return false }
    let bytes = try socket.receive(65536, deadline, for: what)
    if bytes.isEmpty {
      sawEnd = true
      return false
    }
    tap?(bytes)
    if position > 0 {
      buffer.removeFirst(position)
      position = 0
    }
    buffer += bytes
    return true
  }

  func take(_ count: Int) -> [UInt8] {
    defer { position += count }
    return Array(buffer[position..<(position + count)])
  }

  func exactly(_ count: Int, _ deadline: Deadline, for what: String) throws -> [UInt8] {
    while waiting.count < count {
      guard try fill(deadline, for: what) else { throw WireError.ended(what) }
    }
    return take(count)
  }

  /// Up to and with the CRLF, which is left out of what is returned.
  func line(_ deadline: Deadline, for what: String) throws -> String {
    while true {
      if let end = waiting.firstIndex(of: 10) {
        let line = take(end - position + 1)
        guard line.count >= 2, line[line.count - 2] == 13 else { throw WireError.malformed("a bare LF in \(what)") }
        return latin1(line.dropLast(2))
      }
      guard try fill(deadline, for: what) else { throw WireError.ended(what) }
    }
  }

  /// Nil when the peer ended its side before the first byte.
  func head(_ deadline: Deadline, for what: String) throws -> MessageHead? {
    var searched = 0
    while true {
      let found = waiting.dropFirst(max(0, searched - 3)).firstOffset(of: [13, 10, 13, 10])
      if let found { return try MessageHead(parsing: take(max(0, searched - 3) + found + 4)) }
      searched = waiting.count
      if try !fill(deadline, for: what) {
        guard !waiting.isEmpty else { return nil }
        throw WireError.ended("\(what): \(latin1(waiting.prefix(400)))")
      }
    }
  }

  /// Everything until the peer ended its side or reset the connection.
  func rest(_ deadline: Deadline) throws -> (bytes: [UInt8], wasReset: Bool) {
    do {
      while try fill(deadline, for: "the end of the connection") {}
      return (take(waiting.count), false)
    } catch WireError.reset {
      return (take(waiting.count), true)
    }
  }
}

/// One body, in the pieces in which it comes.
struct BodyReader {
  private let framing: BodyFraming
  private var left = 0
  private(set) var isFinished = false
  /// The CRLF after a chunk has not been read yet.
  private var owesLineEnd = false
  private(set) var trailers = [(name: String, value: String)]()

  init(_ framing: BodyFraming) {
    self.framing = framing
    if case .length(let length) = framing { left = length }
    isFinished = framing == .none || framing == .length(0)
  }

  /// At least one byte; nil at the end of the body.
  mutating func piece(from reader: MessageReader, _ deadline: Deadline) throws -> [UInt8]? {
    if isFinished { return nil }
    if framing == .untilEnd { return try untilEnd(reader, deadline) }
    if framing == .chunked, left == 0 { try beginChunk(reader, deadline) }
    if isFinished { return nil }
    if reader.waiting.isEmpty, try !reader.fill(deadline, for: "a body") { throw WireError.ended("a body") }
    let bytes = reader.take(min(left, reader.waiting.count))
    left -= bytes.count
    if left == 0, framing != .chunked { isFinished = true }
    return bytes
  }

  private mutating func untilEnd(_ reader: MessageReader, _ deadline: Deadline) throws -> [UInt8]? {
    if reader.waiting.isEmpty, try !reader.fill(deadline, for: "a body until the end") {
      isFinished = true
      return nil
    }
    return reader.take(reader.waiting.count)
  }

  private mutating func beginChunk(_ reader: MessageReader, _ deadline: Deadline) throws {
    if owesLineEnd {
      guard try reader.line(deadline, for: "the end of a chunk").isEmpty else { throw WireError.malformed("bytes after a chunk") }
      owesLineEnd = false
    }
    let line = try reader.line(deadline, for: "a chunk's size")
    guard let size = Int(line.prefix { $0 != ";" && $0 != " " }, radix: 16), size >= 0 else {
      throw WireError.malformed("a chunk's size: \(line)")
    }
    left = size
    owesLineEnd = size > 0
    guard size == 0 else { return }
    while case let line = try reader.line(deadline, for: "trailers"), !line.isEmpty {
      trailers.append(try MessageHead.field(line))
    }
    isFinished = true
  }
}
