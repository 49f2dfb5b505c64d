internal import Model

// What is checked and derived before libcurl sees a request.
extension ClientRequest {
  /// Why this cannot be sent, in words without any value of a field: those may be secrets.
  var problem: String? {
    if method.isEmpty || !method.utf8.allSatisfy(\.isToken) { return "the method is not a word" }
    if host.isEmpty || !host.utf8.allSatisfy(\.isHostByte) { return "the host has characters that no host has" }
    if target.isEmpty || !target.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) {
      return "the target is empty or has blanks or control characters"
    }
    for field in fields {
      if field.name.isEmpty || !field.name.utf8.allSatisfy(\.isToken) { return "a field's name is not a word" }
      if field.value.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) {
        return "the field \(field.name) holds a line break"
      }
    }
    return nil
  }

  /// `host:port` as in an address, IPv6 in brackets.
  var authority: String { Address.tcp(host: host, port: port).description }

  /// What people read about where this goes: never credentials, never the query.
  var destination: String { connectsTo?.description ?? authority }

  /// A proxy named in the environment is for the world outside, not for this machine.
  var goesDirect: Bool { connectsTo != nil || Self.isLoopback(host) }

  private static func isLoopback(_ host: String) -> Bool {
    let host = host.lowercased()
    if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
    return host.hasPrefix("127.") && host.utf8.allSatisfy { $0 == 46 || (48...57).contains($0) }
  }

  /// Header lines in libcurl's notation: `Name;` is a field without a value, `Name:` forbids libcurl its own.
  func fieldLines() -> [String] {
    var lines = fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    if field("User-Agent") == nil { lines.append("User-Agent: leanto") }
    if field("Expect") == nil { lines.append("Expect:") }
    if body != nil, field("Content-Type") == nil { lines.append("Content-Type:") }
    return lines
  }

  /// libcurl sends a request again when a pooled connection turns out to be dead. Only what may be sent twice may use the pool.
  var maySendTwice: Bool { method == "GET" || method == "HEAD" || method == "OPTIONS" }
}

extension UInt8 {
  /// RFC 9110, 5.6.2.
  var isToken: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
    default: false
    }
  }

  var isHostByte: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    // - . : _ %
    case 0x2D, 0x2E, 0x3A, 0x5F, 0x25: true
    default: false
    }
  }
}
