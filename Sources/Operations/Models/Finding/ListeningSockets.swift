/// Who listens on this machine, from /proc/net/tcp and tcp6 (proc_net(5)).
package enum ListeningSockets {
  /// Hosts at which something listens on `port`, such as `127.0.0.1`, `0.0.0.0` and `::`.
  package static func hosts(port: UInt16) -> [String] {
    hosts(inTable: SmallFile.text("/proc/net/tcp") ?? "", port: port)
      + hosts(inTable: SmallFile.text("/proc/net/tcp6") ?? "", port: port)
  }

  static func hosts(inTable text: String, port: UInt16) -> [String] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count > 3, fields[3] == "0A", let colon = fields[1].lastIndex(of: ":"),
        UInt16(fields[1][fields[1].index(after: colon)...], radix: 16) == port
      else { return nil }
      return host(fields[1][..<colon])
    }
  }

  /// Four bytes, or four words of four, each with its least significant byte first.
  private static func host(_ digits: Substring) -> String? {
    if digits.count == 8, let number = UInt32(digits, radix: 16) {
      return [0, 8, 16, 24].map { String(number >> $0 & 255) }.joined(separator: ".")
    }
    switch digits {
    case "00000000000000000000000000000000": return "::"
    case "00000000000000000000000001000000": return "::1"
    default: return digits.count == 32 ? "[\(digits)]" : nil
    }
  }

  package static func isLoopback(_ host: String) -> Bool { host.hasPrefix("127.") || host == "::1" }
}

/// /proc/net/arp: flags 0x0 means that nobody answered.
package enum NeighbourTable {
  package static func absent(_ text: String) -> [String] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(whereSeparator: \.isWhitespace)
      return fields.count > 3 && fields[2] == "0x0" ? String(fields[0]) : nil
    }
  }
}
