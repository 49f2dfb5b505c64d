/// An IPv4 (4 bytes) or IPv6 (16 bytes) address, read strictly: no `127.1`, no octal, no zone.
struct NetworkAddress: Equatable {
  let bytes: [UInt8]

  init?(_ text: some StringProtocol) {
    guard let bytes = text.contains(":") ? Self.six(String(text)) : Self.four(text) else { return nil }
    self.bytes = bytes
  }

  private static func four(_ text: some StringProtocol) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    let bytes = parts.compactMap { part in
      part.utf8.allSatisfy(isDigit) && (part == "0" || part.first != "0") ? UInt8(part) : nil
    }
    return bytes.count == 4 ? bytes : nil
  }

  private static func six(_ text: String) -> [UInt8]? {
    guard let gap = text.firstRange(of: "::") else {
      return groups(text, mayEndInFour: true).flatMap { $0.count == 16 ? $0 : nil }
    }
    let head = text[..<gap.lowerBound]
    let tail = text[gap.upperBound...]
    guard let first = head.isEmpty ? [] : groups(head, mayEndInFour: false),
      let last = tail.isEmpty ? [] : groups(tail, mayEndInFour: true), first.count + last.count <= 14
    else { return nil }
    return first + Array(repeating: 0, count: 16 - first.count - last.count) + last
  }

  private static func groups(_ text: some StringProtocol, mayEndInFour: Bool) -> [UInt8]? {
    var bytes: [UInt8] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if mayEndInFour, index == parts.count - 1, part.contains("."), let four = four(part) {
        bytes += four
      } else {
        guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ isDigit($0) || isLetter($0) }),
          let group = UInt16(part, radix: 16)
        else { return nil }
        bytes += [UInt8(group >> 8), UInt8(truncatingIfNeeded: group)]
      }
    }
    return bytes
  }

  /// The IPv4 address inside `::ffff:a.b.c.d`, else the address itself.
  private var plain: [UInt8] {
    bytes.count == 16 && bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) ? Array(bytes.suffix(4)) : bytes
  }

  var isLoopback: Bool {
    plain.count == 4 ? plain[0] == 127 : plain.dropLast().allSatisfy { $0 == 0 } && plain[15] == 1
  }

  /// `0.0.0.0` and `::`: every network of the machine.
  var isEverywhere: Bool { plain.allSatisfy { $0 == 0 } }

  /// Not reached from the internet: loopback, RFC 1918, RFC 6598 (shared, Tailscale), link-local, RFC 4193.
  var isPrivate: Bool {
    if isLoopback { return true }
    if plain.count == 16 { return plain[0] & 0xFE == 0xFC || (plain[0] == 0xFE && plain[1] & 0xC0 == 0x80) }
    return switch (plain[0], plain[1]) {
    case (10, _), (172, 16...31), (192, 168), (100, 64...127), (169, 254): true
    default: false
    }
  }

  /// Whether all bits after the first `length` are zero.
  func isNetwork(of length: Int) -> Bool {
    bytes.indices.allSatisfy { index in
      let kept = min(8, max(0, length - index * 8))
      return UInt16(bytes[index]) & (0xFF >> UInt16(kept)) == 0
    }
  }
}
