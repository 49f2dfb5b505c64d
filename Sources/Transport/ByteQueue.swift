/// Bytes that wait to be sent. Holds memory only while it holds bytes.
struct ByteQueue {
  private var bytes: [UInt8] = []
  private var start = 0

  var count: Int { bytes.count - start }

  mutating func append(_ more: Span<UInt8>, from offset: Int) {
    // What was sent is given back before the buffer grows for the rest.
    if start > 65_536, start > bytes.count / 2 {
      bytes.removeFirst(start)
      start = 0
    }
    let rest = more.extracting(offset..<more.count)
    unsafe rest.withUnsafeBufferPointer { buffer in unsafe bytes.append(contentsOf: buffer) }
  }

  /// Offers the waiting bytes to `send`, which gives how many it took, or a negative number.
  mutating func drain(_ send: (Span<UInt8>) -> Int) -> Int {
    let taken = send(bytes.span.extracting(start..<bytes.count))
    guard taken > 0 else { return taken }
    start += taken
    if start == bytes.count { removeAll() }
    return taken
  }

  mutating func removeAll() {
    bytes = []
    start = 0
  }
}
