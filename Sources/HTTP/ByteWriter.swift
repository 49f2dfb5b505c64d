/// A buffer of fixed capacity that heads are written into. One an event loop; its memory is reused for each head.
///
/// Writing past the end sets `overflowed` and writes nothing: what a client sends must not end the process.
@safe package struct ByteWriter: ~Copyable {
  private let storage: UnsafeMutableBufferPointer<UInt8>
  package private(set) var count = 0
  package private(set) var overflowed = false

  package init(capacity: Int) {
    unsafe storage = .allocate(capacity: capacity)
    unsafe storage.initialize(repeating: 0)
  }

  deinit { unsafe storage.deallocate() }

  package var freeCapacity: Int { unsafe storage.count - count }

  package mutating func removeAll() {
    count = 0
    overflowed = false
  }

  /// What was written.
  package var span: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      let written = unsafe UnsafeBufferPointer(rebasing: storage[0..<count])
      let span = unsafe Span(_unsafeElements: written)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  @inline(__always) package mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    let part = bytes.extracting(range)
    unsafe part.withUnsafeBufferPointer { source in unsafe append(source) }
  }

  package mutating func append(_ bytes: Span<UInt8>) { append(bytes, 0..<bytes.count) }

  @inline(__always) package mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { source in unsafe append(source) }
  }

  package mutating func append(_ byte: UInt8) {
    guard freeCapacity > 0 else { return overflowed = true }
    unsafe storage[count] = byte
    count &+= 1
  }

  package mutating func append(decimal value: Int) {
    guard value > 9 else { return append(48 &+ UInt8(truncatingIfNeeded: max(0, value))) }
    append(decimal: value / 10)
    append(48 &+ UInt8(truncatingIfNeeded: value % 10))
  }

  package mutating func append(hexadecimal value: Int) {
    if value > 15 { append(hexadecimal: value >> 4) }
    let digit = UInt8(truncatingIfNeeded: value & 15)
    append(digit < 10 ? 48 &+ digit : 87 &+ digit)
  }

  @inline(__always) private mutating func append(_ source: UnsafeBufferPointer<UInt8>) {
    guard source.count <= freeCapacity else { return overflowed = true }
    guard let from = source.baseAddress, let to = unsafe storage.baseAddress else { return }
    unsafe (to + count).update(from: from, count: source.count)
    count &+= source.count
  }
}
