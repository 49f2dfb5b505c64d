/// An IP address as 16 bytes; IPv4 is mapped into IPv6 (`::ffff:a.b.c.d`).
package struct IPAddress: Sendable, Hashable {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  package init(v4 value: UInt32) {
    self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(value))
  }

  package var isV4: Bool { high == 0 && low >> 32 == 0xFFFF }
}

extension IPAddress {
  /// Reads `1.2.3.4`, `1.2.3.4:5`, `::1`, `[::1]` and `[::1]:5`. Nil for anything else, zones and names among it.
  package init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    guard !range.isEmpty else { return nil }
    if bytes[range.lowerBound] == 91 {
      guard let end = (range.lowerBound + 1..<range.upperBound).first(where: { bytes[$0] == 93 }),
        isPortOrNothing(bytes, end + 1..<range.upperBound)
      else { return nil }
      self.init(v6: bytes, range.lowerBound + 1..<end)
    } else {
      let colon = range.first { bytes[$0] == 58 }
      if let colon, range.last(where: { bytes[$0] == 58 }) != colon {
        self.init(v6: bytes, range)
      } else {
        let end = colon ?? range.upperBound
        guard isPortOrNothing(bytes, end..<range.upperBound) else { return nil }
        self.init(v4: bytes, range.lowerBound..<end)
      }
    }
  }

  package init?(v4 bytes: Span<UInt8>, _ range: Range<Int>) {
    var value: UInt32 = 0
    var part = 0
    var digits = 0
    var parts = 1
    for i in range {
      if bytes[i] == 46 {
        guard digits > 0, parts < 4 else { return nil }
        value = value << 8 | UInt32(part)
        (part, digits, parts) = (0, 0, parts + 1)
      } else {
        // A leading zero is octal to some readers.
        guard isDigit(bytes[i]), digits < 3, !(digits > 0 && part == 0) else { return nil }
        part = part * 10 + Int(bytes[i] &- 48)
        digits += 1
        guard part < 256 else { return nil }
      }
    }
    guard parts == 4, digits > 0 else { return nil }
    self.init(v4: value << 8 | UInt32(part))
  }

  package init?(v6 bytes: Span<UInt8>, _ range: Range<Int>) {
    // The longest has 45 characters; what is far longer is not worth the look at each group.
    guard range.count <= 45 else { return nil }
    var groups: [UInt16] = []
    var gap: Int?
    var at = range.lowerBound
    if range.count >= 2, bytes[at] == 58 {
      guard bytes[at + 1] == 58 else { return nil }
    }
    while at < range.upperBound {
      if bytes[at] == 58, at + 1 < range.upperBound, bytes[at + 1] == 58 {
        guard gap == nil else { return nil }
        gap = groups.count
        at += 2
        continue
      }
      if bytes[at] == 58 {
        guard at > range.lowerBound, at + 1 < range.upperBound else { return nil }
        at += 1
      }
      if (at..<range.upperBound).contains(where: { bytes[$0] == 46 }),
        !(at..<range.upperBound).contains(where: { bytes[$0] == 58 })
      {
        guard let tail = IPAddress(v4: bytes, at..<range.upperBound) else { return nil }
        groups += [UInt16(truncatingIfNeeded: tail.low >> 16), UInt16(truncatingIfNeeded: tail.low)]
        at = range.upperBound
        continue
      }
      var value = 0
      var digits = 0
      while at < range.upperBound, hexadecimalValue(bytes[at]) < 16, digits < 5 {
        value = value << 4 | Int(hexadecimalValue(bytes[at]))
        digits += 1
        at += 1
      }
      guard digits > 0, digits < 5, at == range.upperBound || bytes[at] == 58 else { return nil }
      groups.append(UInt16(truncatingIfNeeded: value))
    }
    if let gap {
      guard groups.count < 8 else { return nil }
      groups.insert(contentsOf: Array(repeating: 0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    self.init(
      high: groups[0..<4].reduce(0) { $0 << 16 | UInt64($1) }, low: groups[4..<8].reduce(0) { $0 << 16 | UInt64($1) })
  }

  /// As people write it: dotted for IPv4; for IPv6 as RFC 5952 says.
  package var text: String {
    if isV4 { return [24, 16, 8, 0].map { String((low >> $0) & 255) }.joined(separator: ".") }
    let groups = [high, low].flatMap { half in [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> UInt64($0)) } }
    let gap = longestGap(groups)
    let words = groups.map { String($0, radix: 16) }
    guard gap.count > 1 else { return words.joined(separator: ":") }
    return words[..<gap.lowerBound].joined(separator: ":") + "::" + words[gap.upperBound...].joined(separator: ":")
  }

  private func longestGap(_ groups: [UInt16]) -> Range<Int> {
    var best = 0..<0
    var start = 0
    for i in 0...groups.count where i == groups.count || groups[i] != 0 {
      if i - start > best.count { best = start..<i }
      start = i + 1
    }
    return best
  }
}

private func isPortOrNothing(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
  guard !range.isEmpty else { return true }
  return bytes[range.lowerBound] == 58 && range.count <= 6 && range.dropFirst().allSatisfy { isDigit(bytes[$0]) }
}
