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
    var groups = InlineArray<8, UInt16>(repeating: 0)
    var count = 0
    var gap: Int?
    var at = range.lowerBound
    while at < range.upperBound {
      // Between groups stands one colon, or two for the gap; before the first and after the last only two may stand.
      if bytes[at] == 58, at + 1 < range.upperBound, bytes[at + 1] == 58 {
        guard gap == nil else { return nil }
        gap = count
        at += 2
        if at == range.upperBound { break }
      } else if at > range.lowerBound {
        guard bytes[at] == 58 else { return nil }
        at += 1
      }
      let start = at
      var value: UInt32 = 0
      while at < range.upperBound, hexadecimalValue(bytes[at]) < 16, at - start < 5 {
        value = value << 4 | UInt32(hexadecimalValue(bytes[at]))
        at += 1
      }
      if at < range.upperBound, bytes[at] == 46 {
        guard count <= 6, let tail = IPAddress(v4: bytes, start..<range.upperBound) else { return nil }
        groups[count] = UInt16(truncatingIfNeeded: tail.low >> 16)
        groups[count + 1] = UInt16(truncatingIfNeeded: tail.low)
        count += 2
        break
      }
      guard at > start, at - start < 5, count < 8 else { return nil }
      groups[count] = UInt16(truncatingIfNeeded: value)
      count += 1
    }
    guard gap == nil ? count == 8 : count < 8 else { return nil }
    self.init(groups, count: count, gap: gap ?? 8)
  }

  /// `gap`: the group before which `8 - count` groups of zero are left out.
  private init(_ groups: InlineArray<8, UInt16>, count: Int, gap: Int) {
    self.init(high: 0, low: 0)
    for place in 0..<8 {
      let index = place < gap ? place : place - (8 - count)
      let group = place >= gap && index < gap ? 0 : UInt64(groups[index])
      if place < 4 { high = high << 16 | group } else { low = low << 16 | group }
    }
  }

  /// Where the address itself stands in a text that may have brackets or a port.
  static func bare(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    guard !range.isEmpty else { return range }
    if bytes[range.lowerBound] == 91 {
      let end = range.first { bytes[$0] == 93 } ?? range.upperBound
      return range.lowerBound + 1..<end
    }
    guard let colon = range.first(where: { bytes[$0] == 58 }), range.last(where: { bytes[$0] == 58 }) == colon else {
      return range
    }
    return range.lowerBound..<colon
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
