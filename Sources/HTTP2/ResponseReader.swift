import HTTP

/// Reads what the gateway writes to a stream, which is one response of HTTP/1.1, and takes it apart: fields, content, end.
struct ResponseReader {
  enum Body {
    case head
    case length(Int)
    case chunked(ChunkedBody)
    case untilClose
    case done
  }

  /// The fields of a head as HTTP/2 has them.
  struct Fields {
    var status = 0
    /// Names in lower case and values, end to end.
    var bytes: [UInt8] = []
    var ranges: [(name: Range<Int>, value: Range<Int>)] = []

    mutating func add(_ name: Span<UInt8>, _ value: Span<UInt8>) {
      let start = bytes.count
      for i in name.indices { bytes.append(lowercase(name[i])) }
      let middle = bytes.count
      unsafe value.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
      ranges.append((start..<middle, middle..<bytes.count))
    }
  }

  enum Piece {
    case interim(Fields)
    /// `isWhole`: no content follows.
    case head(Fields, isWhole: Bool)
    /// From the bytes that were given.
    case content(Range<Int>)
    case malformed
  }

  private(set) var body = Body.head
  private var held: [UInt8] = []
  let isHeadRequest: Bool

  init(isHeadRequest: Bool) { self.isHeadRequest = isHeadRequest }

  var isDone: Bool { if case .done = body { true } else { false } }
  var endsWithConnection: Bool { if case .untilClose = body { true } else { false } }
  var hasBegun: Bool { if case .head = body { false } else { true } }

  /// The connection ended, which is the end of a body without any other.
  mutating func end() { body = .done }

  /// Hands on what is in `bytes`, piece by piece. `scanner` is any: it is used for one head at a time.
  mutating func take(_ bytes: Span<UInt8>, _ scanner: inout ResponseHead, _ sink: (Piece) -> Void) {
    var at = 0
    while at < bytes.count {
      switch body {
      case .head:
        guard let end = takeHead(bytes, at, &scanner, sink) else { return }
        at = end
      case .length(let left):
        let count = min(left, bytes.count - at)
        sink(.content(at..<at + count))
        body = count == left ? .done : .length(left - count)
        at += count
      case .chunked(let chunks):
        guard let end = takeChunks(chunks, bytes, at, sink) else { return }
        at = end
      case .untilClose:
        sink(.content(at..<bytes.count))
        return
      case .done: return
      }
    }
  }

  /// The index after the head; nil: it is not complete, or malformed.
  private mutating func takeHead(
    _ bytes: Span<UInt8>, _ start: Int, _ scanner: inout ResponseHead, _ sink: (Piece) -> Void
  ) -> Int? {
    let rest = bytes.extracting(start..<bytes.count)
    guard !held.isEmpty else { return scan(rest, &scanner, sink).map { start + $0 } }
    let before = held.count
    unsafe rest.withUnsafeBufferPointer { unsafe held.append(contentsOf: $0) }
    let whole = held
    guard let end = scan(whole.span, &scanner, sink, isHeld: true) else { return nil }
    held = []
    return start + end - before
  }

  private mutating func scan(
    _ bytes: Span<UInt8>, _ scanner: inout ResponseHead, _ sink: (Piece) -> Void, isHeld: Bool = false
  ) -> Int? {
    do throws(HeadProblem) {
      guard try scanner.scan(bytes) else {
        if !isHeld { held = HTTP2.bytes(bytes) }
        return nil
      }
    } catch {
      body = .done
      sink(.malformed)
      return nil
    }
    let fields = fields(bytes, scanner)
    if scanner.status < 200 {
      sink(.interim(fields))
      return scanner.length
    }
    switch scanner.framing(isHeadRequest: isHeadRequest) {
    case .none: body = .done
    case .length(let count): body = .length(count)
    case .chunked: body = .chunked(ChunkedBody())
    case .untilClose: body = .untilClose
    }
    sink(.head(fields, isWhole: isDone))
    return scanner.length
  }

  /// RFC 9113 8.2.2: fields of one connection have no place here.
  private func fields(_ bytes: Span<UInt8>, _ scanner: borrowing ResponseHead) -> Fields {
    var fields = Fields()
    fields.status = scanner.status
    for i in 0..<scanner.section.count {
      let field = scanner.section.fields[i]
      switch field.kind {
      case .connection, .hopByHop, .upgrade, .transferEncoding: continue
      default: fields.add(bytes.extracting(field.name), bytes.extracting(field.value))
      }
    }
    return fields
  }

  private mutating func takeChunks(
    _ before: ChunkedBody, _ bytes: Span<UInt8>, _ start: Int, _ sink: (Piece) -> Void
  ) -> Int? {
    var (chunks, at) = (before, start)
    while at < bytes.count, !chunks.isDone {
      guard let segment = try? chunks.next(bytes, from: at) else {
        body = .done
        sink(.malformed)
        return nil
      }
      if segment.kind == .data { sink(.content(at..<segment.end)) }
      at = segment.end
    }
    body = chunks.isDone ? .done : .chunked(chunks)
    return at
  }
}
