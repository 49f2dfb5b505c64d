import Glibc
import HTTP
import TestSupport

/// RFC 9112 read line by line, as slowly and as plainly as can be: what the scanner has to agree with.
package struct SlowHead {
  private var fields: [NamedField] = []
  private var lengths: [String] = []
  private var isChunked = false
  private var connection: [String] = []
  private var upgrade = ""
  private var hosts: [String] = []

  package static func read(_ bytes: [UInt8]) -> HeadReading<ReadRequest> {
    var head = SlowHead()
    do throws(HeadProblem) { return try head.read(bytes) } catch { return .refused(error) }
  }

  private mutating func read(_ bytes: [UInt8]) throws(HeadProblem) -> HeadReading<ReadRequest> {
    if let byte = bytes.first, !Self.isToken(latin1([byte])) { throw .malformed }
    guard let (first, fieldsStart) = try Self.line(bytes, 0) else { return .more }
    let request = try Self.requestLine(first)
    var at = fieldsStart
    while let (line, next) = try Self.line(bytes, at) {
      at = next
      if line.isEmpty { return .head(try finish(request, length: at)) }
      try note(line)
    }
    return .more
  }

  /// Up to the next LF, which a CR must precede; nil when there is none.
  private static func line(_ bytes: [UInt8], _ start: Int) throws(HeadProblem) -> (String, next: Int)? {
    guard let feed = bytes[start...].firstIndex(of: 10) else { return nil }
    guard feed > start, bytes[feed - 1] == 13 else { throw .malformed }
    return (latin1(bytes[start..<feed - 1]), feed + 1)
  }

  private static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII
          && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "!#$%&'*+-.^_`|~".unicodeScalars.contains(scalar))
      }
  }

  private static func requestLine(_ line: String) throws(HeadProblem) -> ReadRequest {
    let scalars = Array(line.unicodeScalars)
    guard scalars.count >= 12 else { throw .malformed }
    // What comes last says first which protocol this is.
    let version = String(String.UnicodeScalarView(scalars.suffix(9)))
    guard version.hasPrefix(" HTTP/"), scalars[scalars.count - 2] == ".",
      let major = digit(scalars[scalars.count - 3]), let minor = digit(scalars[scalars.count - 1])
    else { throw .malformed }
    guard major == 1, minor <= 1 else { throw .version }
    let parts = scalars.dropLast(9).split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw .malformed }
    let method = String(String.UnicodeScalarView(parts[0]))
    let target = String(String.UnicodeScalarView(parts[1]))
    guard isToken(method), !target.isEmpty,
      target.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value != 127 && $0 != "#" })
    else { throw .malformed }
    if ["CONNECT", "TRACE", "PRI"].contains(method) || method.unicodeScalars.count > 40 { throw .method }
    let (authority, path) = try split(target, method)
    return ReadRequest(
      length: 0, method: method, target: target, path: path, authority: authority, host: "", isVersion10: minor == 0, fields: [],
      framing: .none, keepsAlive: false, isUpgrade: false)
  }

  private static func digit(_ scalar: Unicode.Scalar) -> Int? {
    ("0"..."9").contains(scalar) ? Int(scalar.value) - 48 : nil
  }

  private static func split(_ target: String, _ method: String) throws(HeadProblem) -> (authority: String?, path: String) {
    if target.hasPrefix("/") || (target == "*" && method == "OPTIONS") { return (nil, target) }
    let lower = target.lowercased()
    guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else { throw .malformed }
    let rest = target.unicodeScalars.dropFirst(scheme.count)
    let authority = String(rest.prefix { $0 != "/" && $0 != "?" })
    guard isAuthority(authority) else { throw .malformed }
    return (authority, String(rest.dropFirst(authority.unicodeScalars.count)))
  }

  private static func isAuthority(_ text: String) -> Bool {
    guard text.unicodeScalars.count <= 255 else { return false }
    var name = text
    if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
      let port = text[text.index(after: colon)...]
      guard port.count <= 5, port.allSatisfy({ $0.isASCII && $0.isNumber }), port.isEmpty || Int(port) ?? .max < 65_536 else {
        return false
      }
      name = String(text[..<colon])
    }
    if name.hasPrefix("[") {
      return name.hasSuffix("]") && isAddress(String(name.dropFirst().dropLast()))
    }
    return !name.isEmpty && !name.contains("..")
      && name.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || "0123456789-._~".unicodeScalars.contains($0))
      }
  }

  /// By the C library, which has no other use here.
  private static func isAddress(_ text: String) -> Bool {
    var address = in6_addr()
    guard !text.unicodeScalars.contains("\u{0}") else { return false }
    return unsafe inet_pton(AF_INET6, text, &address) == 1
  }

  private mutating func note(_ line: String) throws(HeadProblem) {
    let parts = line.unicodeScalars.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, Self.isToken(parts[0]) else { throw .malformed }
    let value = Self.trimmed(parts[1])
    guard value.unicodeScalars.allSatisfy({ $0 == "\t" || ($0.value >= 32 && $0.value != 127) }) else { throw .malformed }
    guard fields.count < 128 else { throw .tooLarge }
    fields.append(NamedField(name: parts[0], value: value))
    try weigh(parts[0].lowercased(), value)
  }

  private static func trimmed(_ text: String) -> String {
    let isSpace: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" }
    let start = Array(text.unicodeScalars.drop(while: isSpace))
    let end = start.reversed().drop(while: isSpace)
    return String(String.UnicodeScalarView(end.reversed()))
  }

  private mutating func weigh(_ name: String, _ value: String) throws(HeadProblem) {
    switch name {
    case "content-length":
      lengths.append(value)
      guard lengths.count == 1, !value.isEmpty, value.unicodeScalars.count <= 18,
        value.unicodeScalars.allSatisfy({ Self.digit($0) != nil })
      else { throw .malformed }
    case "transfer-encoding":
      guard !isChunked, value.lowercased() == "chunked" else { throw .malformed }
      isChunked = true
    case "expect": guard value.lowercased() == "100-continue" else { throw .expectation }
    case "connection":
      connection += value.unicodeScalars.split(separator: ",").map { Self.trimmed(String($0)).lowercased() }
    case "upgrade": upgrade = value.lowercased()
    case "host": hosts.append(value)
    default: break
    }
  }

  private func finish(_ request: ReadRequest, length: Int) throws(HeadProblem) -> ReadRequest {
    var request = request
    guard hosts.count == 1 || (hosts.isEmpty && request.isVersion10), hosts.allSatisfy(Self.isAuthority) else { throw .malformed }
    guard !isChunked || (lengths.isEmpty && !request.isVersion10) else { throw .malformed }
    request.length = length
    request.fields = fields
    request.host = request.authority ?? hosts.first ?? ""
    let count = lengths.first.flatMap { Int($0) } ?? 0
    request.framing = isChunked ? .chunked : count > 0 ? .length(count) : .none
    request.keepsAlive = !connection.contains("close") && (!request.isVersion10 || connection.contains("keep-alive"))
    request.isUpgrade =
      request.method == "GET" && !request.isVersion10 && request.framing == .none && connection.contains("upgrade")
      && upgrade == "websocket"
    return request
  }
}
