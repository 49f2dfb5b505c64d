import Glibc

/// One bit a byte: the token characters of RFC 9110 5.6.2.
private let tokenLow: UInt64 = 0x03FF_6CFA_0000_0000
private let tokenHigh: UInt64 = 0x57FF_FFFF_C7FF_FFFE

@inline(__always) func isToken(_ byte: UInt8) -> Bool {
  let mask = byte < 64 ? tokenLow : tokenHigh
  return byte < 128 && (mask >> UInt64(byte & 63)) & 1 == 1
}

/// The token characters that every server reads alike in a name: letters, digits and the hyphen.
private let plainNameLow: UInt64 = 0x03FF_2000_0000_0000
private let plainNameHigh: UInt64 = 0x07FF_FFFE_07FF_FFFE

@inline(__always) func isPlainNameByte(_ byte: UInt8) -> Bool {
  let mask = byte < 64 ? plainNameLow : plainNameHigh
  return byte < 128 && (mask >> UInt64(byte & 63)) & 1 == 1
}

@inline(__always) func isDigit(_ byte: UInt8) -> Bool { byte &- 48 <= 9 }

/// The value of a hexadecimal digit; 255 for anything else.
@inline(__always) func hexadecimalValue(_ byte: UInt8) -> UInt8 {
  if byte &- 48 <= 9 { return byte &- 48 }
  let letter = (byte | 0x20) &- 97
  return letter <= 5 ? letter &+ 10 : 255
}

/// The one unsafe call that pays in the scanner: finding the ends of lines is half of its work.
@inline(__always) func indexOfLineFeed(_ bytes: Span<UInt8>, from start: Int) -> Int? {
  let rest = bytes.extracting(start..<bytes.count)
  return unsafe rest.withUnsafeBytes { raw -> Int? in
    guard let base = raw.baseAddress, let found = unsafe memchr(base, 10, raw.count) else { return nil }
    return unsafe start + (UnsafeRawPointer(found) - base)
  }
}

/// Whether a line ends in `bytes`.
package func holdsLineFeed(_ bytes: Span<UInt8>) -> Bool { indexOfLineFeed(bytes, from: 0) != nil }

/// Whether `text`, which is in lower case, stands at `start`, in any case.
@inline(__always) func matches(_ bytes: Span<UInt8>, _ start: Int, _ text: StaticString) -> Bool {
  let count = text.utf8CodeUnitCount
  guard start + count <= bytes.count else { return false }
  let part = bytes.extracting(start..<start + count)
  return text.withUTF8Buffer { wanted in
    var i = 0
    while i + 8 <= count {
      guard unsafe EightBytes(part, at: i).isCaseless(Span(_unsafeElements: wanted), at: i) else { return false }
      i &+= 8
    }
    while i < count {
      if unsafe lowercased(part[i]) != wanted[i] { return false }
      i &+= 1
    }
    return true
  }
}

/// Whether `range` holds `text`, which is in lower case, and nothing else.
@inline(__always) func equals(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
  range.count == text.utf8CodeUnitCount && matches(bytes, range.lowerBound, text)
}

@inline(__always) func lowercased(_ byte: UInt8) -> UInt8 {
  byte &- 65 <= 25 ? byte | 0x20 : byte
}

/// Field values: no control character but the tab, and no DEL (RFC 9110 5.5).
@inline(__always) func isFieldValue(_ bytes: Span<UInt8>) -> Bool {
  let count = bytes.count
  guard count >= 8 else { return isFieldValueByByte(bytes) }
  var i = 0
  while i &+ 8 <= count {
    if EightBytes(bytes, at: i).holdControls { return isFieldValueByByte(bytes) }
    i &+= 8
  }
  return !EightBytes(bytes, at: count &- 8).holdControls || isFieldValueByByte(bytes)
}

private func isFieldValueByByte(_ bytes: Span<UInt8>) -> Bool {
  var bad: UInt8 = 0
  for i in bytes.indices {
    let byte = bytes[i]
    bad |= ((byte < 32 && byte != 9) || byte == 127) ? 1 : 0
  }
  return bad == 0
}

/// Whether `name` and `value` make one field, and none that frames the message (RFC 9110 5.1, 5.5; RFC 9112 6).
package func isPlainField(name: String, value: String) -> Bool {
  let (name, value) = (Array(name.utf8), Array(value.utf8))
  guard !name.isEmpty, name.allSatisfy(isToken), isFieldValue(value.span) else { return false }
  switch classify(name.span, 0, name.count) {
  case .contentLength, .transferEncoding, .connection, .hopByHop: return false
  default: return true
  }
}

/// The index after the letters and hyphens from `start` on, or one before it: whoever asks goes on byte by byte.
@inline(__always) func endOfName(_ bytes: Span<UInt8>, from start: Int) -> Int {
  var end = start
  while end &+ 8 <= bytes.count {
    let count = EightBytes(bytes, at: end).leadingNameCount
    end &+= count
    if count < 8 { break }
  }
  return end
}

/// `range` without the spaces and tabs at its ends.
@inline(__always) func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
  var start = range.lowerBound
  var end = range.upperBound
  while start < end, bytes[start] == 32 || bytes[start] == 9 { start &+= 1 }
  while end > start, bytes[end &- 1] == 32 || bytes[end &- 1] == 9 { end &-= 1 }
  return start..<end
}

/// Calls `body` with each element of a comma-separated list, empty ones left out.
@inline(__always) func forEachElement(_ bytes: Span<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void) {
  var start = range.lowerBound
  while start < range.upperBound {
    var end = start
    while end < range.upperBound, bytes[end] != 44 { end &+= 1 }
    let element = trimmed(bytes, start..<end)
    if !element.isEmpty { body(element) }
    start = end + 1
  }
}

/// Whether two ranges hold the same bytes, in any case.
func equalsIgnoringCase(_ bytes: Span<UInt8>, _ first: Range<Int>, _ second: Range<Int>) -> Bool {
  guard first.count == second.count else { return false }
  for i in 0..<first.count
  where lowercased(bytes[first.lowerBound + i]) != lowercased(bytes[second.lowerBound + i]) { return false }
  return true
}
