/// Whether `range` is a host with an optional port (RFC 3986 3.2.2, 3.2.3): letters, digits and `-._~`, or a bracketed IPv6
/// address; a port of 16 bits. No sub-delimiters, no user information, no percent-encoding: nobody needs it, and readers differ.
func isAuthority(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
  guard !range.isEmpty, range.count <= 255 else { return false }
  let end = endOfHost(bytes, range)
  guard end > range.lowerBound else { return false }
  guard end < range.upperBound else { return true }
  guard bytes[end] == 58, range.upperBound - end <= 6 else { return false }
  var port = 0
  for i in end + 1..<range.upperBound {
    guard isDigit(bytes[i]) else { return false }
    port = port * 10 + Int(bytes[i] &- 48)
  }
  return port <= 65_535
}

/// The index after the host, before a colon and a port; `range.lowerBound` when there is no valid host.
private func endOfHost(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
  var i = range.lowerBound
  if bytes[i] == 91 {
    i &+= 1
    while i < range.upperBound, hexadecimalValue(bytes[i]) < 16 || bytes[i] == 58 || bytes[i] == 46 { i &+= 1 }
    guard i < range.upperBound, bytes[i] == 93 else { return range.lowerBound }
    return IPAddress(v6: bytes, range.lowerBound + 1..<i) == nil ? range.lowerBound : i + 1
  }
  while i < range.upperBound, isHostByte(bytes[i]) {
    // No name has an empty label inside (RFC 1034 3.5).
    if bytes[i] == 46, i > range.lowerBound, bytes[i &- 1] == 46 { return range.lowerBound }
    i &+= 1
  }
  return i
}

private func isHostByte(_ byte: UInt8) -> Bool {
  let letter = (byte | 0x20) &- 97 <= 25
  return letter || isDigit(byte) || byte == 45 || byte == 46 || byte == 95 || byte == 126
}

/// The host of an authority without its port; a final dot is not part of the name.
package func hostName(_ bytes: Span<UInt8>, _ authority: Range<Int>) -> Range<Int> {
  guard !authority.isEmpty else { return authority }
  var end = endOfHost(bytes, authority)
  if end > authority.lowerBound + 1, bytes[end - 1] == 46 { end &-= 1 }
  return authority.lowerBound..<end
}
