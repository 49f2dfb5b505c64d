import Glibc

/// A buffer of fixed capacity that heads are written into. One an event loop; its memory is reused for each head.
///
/// Writing past the end sets `overflowed` and writes nothing: what a client sends must not end the process.
@safe package struct ByteWriter: ~Copyable {
  private let storage: UnsafeMutableBufferPointer<UInt8>
  package private(set) var count = 0
  package private(set) var overflowed = false

  package init(capacity: Int) {
    // Zeroed by the kernel when a page is first touched: what is never written costs no memory.
    let memory = unsafe calloc(capacity, 1)?.bindMemory(to: UInt8.self, capacity: capacity)
    unsafe storage = UnsafeMutableBufferPointer(start: memory, count: memory == nil ? 0 : capacity)
  }

  deinit { unsafe free(storage.baseAddress) }

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

  /// Adds what was written to `array`.
  package func append(to array: inout [UInt8]) {
    unsafe array.append(contentsOf: UnsafeBufferPointer(rebasing: storage[0..<count]))
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
    var digits = InlineArray<20, UInt8>(repeating: 48)
    var rest = UInt(max(0, value))
    var start = 20
    repeat {
      start &-= 1
      digits[start] = 48 &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    append(digits.span, start..<20)
  }

  package mutating func append(hexadecimal value: Int) {
    if value > 15 { append(hexadecimal: value >> 4) }
    let digit = UInt8(truncatingIfNeeded: value & 15)
    append(digit < 10 ? 48 &+ digit : 87 &+ digit)
  }

  /// As the inside of a JSON string. Bytes are not assumed to be UTF-8: each beyond ASCII is the code point of its number.
  package mutating func append(json bytes: Span<UInt8>) {
    var at = 0
    while at < bytes.count {
      let end = endOfPlainJSON(bytes, from: at)
      append(bytes, at..<end)
      at = end
      guard at < bytes.count else { return }
      append(escaped: bytes[at])
      at &+= 1
    }
  }

  private mutating func append(escaped byte: UInt8) {
    if byte == 34 || byte == 92 {
      append(92)
      append(byte)
    } else {
      append(byte < 16 ? "\\u000" : "\\u00")
      append(hexadecimal: Int(byte))
    }
  }

  @inline(__always) private mutating func append(_ source: UnsafeBufferPointer<UInt8>) {
    guard source.count <= freeCapacity else { return overflowed = true }
    guard let from = source.baseAddress, let to = unsafe storage.baseAddress else { return }
    unsafe (to + count).update(from: from, count: source.count)
    count &+= source.count
  }
}
