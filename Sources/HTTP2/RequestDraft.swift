import HTTP

/// The fields of one request of HTTP/2 on their way to a head of HTTP/1.1 (RFC 9113 8.3.1). The head is scanned again by the one
/// scanner that every request meets; here is refused what could not be written down without changing its meaning.
struct RequestDraft {
  private var method: [UInt8] = []
  private var scheme: [UInt8] = []
  private var authority: [UInt8] = []
  private var path: [UInt8] = []
  private var host: [UInt8]?
  private var fields: [UInt8] = []
  private var cookies: [UInt8] = []
  private(set) var declaresLength = false
  private(set) var isMalformed = false
  private var count = 0

  /// More than a head may have: further fields change nothing, and the scanner will find it too large.
  private static let enough = 72 * 1024

  var isHead: Bool { method == Array("HEAD".utf8) }

  mutating func take(_ name: Span<UInt8>, _ value: Span<UInt8>) {
    guard count < Self.enough else { return }
    count += name.count + value.count + 4
    guard name.count > 0, isValue(value) else { return isMalformed = true }
    if name[0] == 58 { return takePseudo(name, value) }
    guard isName(name) else { return isMalformed = true }
    if equals(name, 0..<name.count, "cookie") { return add(value, to: &cookies, after: "; ") }
    if equals(name, 0..<name.count, "host") {
      // Twice: the scanner refuses both.
      if let host { write("host", host.span) }
      return host = bytes(value)
    }
    if equals(name, 0..<name.count, "content-length") { declaresLength = true }
    append(name)
    fields += [58, 32]
    append(value)
    fields += [13, 10]
  }

  private mutating func takePseudo(_ name: Span<UInt8>, _ value: Span<UInt8>) {
    // A space or less would end the part of the request line that it is written into.
    guard value.count > 0, isPrintable(value) else { return isMalformed = true }
    let known = 0..<name.count
    if equals(name, known, ":method") {
      method = bytes(value)
    } else if equals(name, known, ":path") {
      path = bytes(value)
    } else if equals(name, known, ":authority") {
      authority = bytes(value)
    } else if equals(name, known, ":scheme") {
      scheme = bytes(value)
    } else {
      isMalformed = true
    }
  }

  /// The head, or nil where there is none. `hasBody`: more frames of the stream follow.
  mutating func finish(hasBody: Bool) -> [UInt8]? {
    let isConnect = method == Array("CONNECT".utf8)
    guard !isMalformed, !method.isEmpty, !path.isEmpty != isConnect else { return nil }
    // RFC 9113 8.3.1: Host, where there is one, says the same as :authority.
    if !authority.isEmpty, let host, !same(host, authority) { return nil }
    if !isConnect, scheme != Array("https".utf8) { return nil }
    var head = method + [32] + (isConnect ? authority : path) + Array(" HTTP/1.1\r\n".utf8)
    head.reserveCapacity(head.count + fields.count + cookies.count + authority.count + 64)
    let name = authority.isEmpty ? host ?? [] : authority
    head += Array("host: ".utf8) + name + [13, 10] + fields
    if !cookies.isEmpty { head += Array("cookie: ".utf8) + cookies + [13, 10] }
    if hasBody, !declaresLength { head += Array("transfer-encoding: chunked\r\n".utf8) }
    head += [13, 10]
    (fields, cookies) = ([], [])
    return head
  }

  private func same(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.count == other.count && one.indices.allSatisfy { lowercase(one[$0]) == lowercase(other[$0]) }
  }

  private mutating func write(_ name: StaticString, _ value: Span<UInt8>) {
    name.withUTF8Buffer { unsafe fields.append(contentsOf: $0) }
    fields += [58, 32]
    append(value)
    fields += [13, 10]
  }

  private mutating func append(_ value: Span<UInt8>) {
    unsafe value.withUnsafeBufferPointer { unsafe fields.append(contentsOf: $0) }
  }

  private func add(_ value: Span<UInt8>, to list: inout [UInt8], after separator: StaticString) {
    if !list.isEmpty { separator.withUTF8Buffer { unsafe list.append(contentsOf: $0) } }
    unsafe value.withUnsafeBufferPointer { unsafe list.append(contentsOf: $0) }
  }
}

func bytes(_ span: Span<UInt8>) -> [UInt8] { unsafe span.withUnsafeBufferPointer { unsafe Array($0) } }

@inline(__always) func lowercase(_ byte: UInt8) -> UInt8 { byte &- 65 <= 25 ? byte | 0x20 : byte }

/// RFC 9113 8.2.1: lower case, no white space, no colon; the scanner takes tokens only.
private func isName(_ name: Span<UInt8>) -> Bool {
  for i in name.indices where name[i] <= 32 || name[i] >= 127 || name[i] == 58 || name[i] &- 65 <= 25 { return false }
  return true
}

private func isValue(_ value: Span<UInt8>) -> Bool {
  for i in value.indices where (value[i] < 32 && value[i] != 9) || value[i] == 127 { return false }
  guard value.count > 0 else { return true }
  return value[0] > 32 && value[value.count - 1] > 32
}

private func isPrintable(_ value: Span<UInt8>) -> Bool {
  for i in value.indices where value[i] <= 32 || value[i] == 127 { return false }
  return true
}

/// Whether `range` holds `text`, which is in lower case, and nothing else.
private func equals(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
  guard range.count == text.utf8CodeUnitCount else { return false }
  return text.withUTF8Buffer { wanted in
    for i in 0..<wanted.count where unsafe bytes[range.lowerBound + i] != wanted[i] { return false }
    return true
  }
}
