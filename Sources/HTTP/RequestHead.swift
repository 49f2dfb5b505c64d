/// One request head, read in place. Scanned values are offsets into the bytes they were scanned from.
package struct RequestHead: ~Copyable {
  /// Bytes of the head, the empty line included.
  package private(set) var length = 0
  package private(set) var method = 0..<0
  package private(set) var target = 0..<0
  /// The path and query within the target: all of it, but for an absolute-form target without its scheme and authority.
  package private(set) var path = 0..<0
  /// The authority of an absolute-form target, which replaces Host (RFC 9112 3.2.2).
  package private(set) var authority: Range<Int>?
  package private(set) var isVersion10 = false
  package private(set) var isHead = false
  package private(set) var isOptions = false
  /// GET, HEAD, OPTIONS: may be sent again when a reused connection turns out to be closed.
  package private(set) var isSafe = false
  package var section = FieldSection()

  package init() {}

  /// Reads one head from the start of `bytes`. False: more bytes are needed.
  ///
  /// Strict by RFC 9112: what two readers could take for different messages is refused.
  package mutating func scan(_ bytes: Span<UInt8>) throws(HeadProblem) -> Bool {
    // A first byte that starts no method will not become a request, whatever follows: a TLS client, say, is told at once.
    guard bytes.count == 0 || isToken(bytes[0]) else { throw .malformed }
    guard let feed = indexOfLineFeed(bytes, from: 0) else { return false }
    guard feed >= 1, bytes[feed - 1] == 13 else { throw .malformed }
    try scanRequestLine(bytes, feed - 1)
    guard let end = try section.scan(bytes, from: feed + 1) else { return false }
    length = end
    try checkHost(bytes)
    try checkFraming()
    return true
  }

  private mutating func scanRequestLine(_ bytes: Span<UInt8>, _ end: Int) throws(HeadProblem) {
    // The shortest: `G / HTTP/1.1`.
    guard end >= 12, end <= maximumHeadLength else { throw end < 12 ? .malformed : .tooLarge }
    let version = end - 8
    try scanVersion(bytes, version)
    var space = 0
    while isToken(bytes[space]) { space &+= 1 }
    guard space > 0, bytes[space] == 32, space + 1 < version - 1 else { throw .malformed }
    method = 0..<space
    target = space + 1..<version - 1
    for i in target where bytes[i] <= 32 || bytes[i] == 127 || bytes[i] == 35 { throw .malformed }
    classifyMethod(bytes)
    try scanTarget(bytes)
  }

  /// Takes the request line from elsewhere in the same bytes: a gateway that asks about a request names its parts in fields of its own.
  package mutating func takeLine(_ bytes: Span<UInt8>, _ line: EngineFields) throws(HeadProblem) {
    let (method, target) = (line.method, line.target)
    guard !method.isEmpty, !target.isEmpty else { throw .malformed }
    isVersion10 = equals(bytes, line.version, "http/1.0")
    for i in method where !isToken(bytes[i]) { throw .malformed }
    for i in target where bytes[i] <= 32 || bytes[i] == 127 || bytes[i] == 35 { throw .malformed }
    self.method = method
    self.target = target
    classifyMethod(bytes)
    try scanTarget(bytes)
  }

  private mutating func scanVersion(_ bytes: Span<UInt8>, _ start: Int) throws(HeadProblem) {
    let text = bytes.extracting(start..<start + 8)
    // Upper case only (RFC 9112 2.3).
    guard bytes[start - 1] == 32, text[0] == 72, text[1] == 84, text[2] == 84, text[3] == 80, text[4] == 47,
      isDigit(text[5]), text[6] == 46, isDigit(text[7])
    else { throw .malformed }
    guard text[5] == 49, text[7] <= 49 else { throw .version }
    isVersion10 = text[7] == 48
  }

  private mutating func classifyMethod(_ bytes: Span<UInt8>) {
    isHead = equalsExactly(bytes, method, "HEAD")
    isOptions = equalsExactly(bytes, method, "OPTIONS")
    isSafe = isHead || isOptions || equalsExactly(bytes, method, "GET")
  }

  /// CONNECT asks for a tunnel to anywhere, TRACE for the request's own fields in the answer, PRI is the start of HTTP/2 (RFC 9113
  /// 3.4), and no method that anybody knows is as long as this.
  private func isRefusedMethod(_ bytes: Span<UInt8>) -> Bool {
    if isSafe { return false }
    switch method.count {
    case 3: return equalsExactly(bytes, method, "PRI")
    case 5: return equalsExactly(bytes, method, "TRACE")
    case 7: return equalsExactly(bytes, method, "CONNECT")
    default: return method.count > 40
    }
  }

  private mutating func scanTarget(_ bytes: Span<UInt8>) throws(HeadProblem) {
    authority = nil
    path = target
    if isRefusedMethod(bytes) { throw .method }
    if bytes[target.lowerBound] == 47 { return }
    if target.count == 1, bytes[target.lowerBound] == 42, isOptions { return }
    let scheme = matches(bytes, target.lowerBound, "http://") ? 7 : matches(bytes, target.lowerBound, "https://") ? 8 : 0
    guard scheme > 0 else { throw .malformed }
    let start = target.lowerBound + scheme
    var end = start
    while end < target.upperBound, bytes[end] != 47, bytes[end] != 63 { end &+= 1 }
    guard end > start, isAuthority(bytes, start..<end) else { throw .malformed }
    authority = start..<end
    path = end..<target.upperBound
  }

  /// `http://host` and `http://host?query` mean the path `/` (RFC 9112 3.2.1).
  package func lacksPath(_ bytes: Span<UInt8>) -> Bool { path.isEmpty || bytes[path.lowerBound] == 63 }

  /// `OPTIONS *`: about the server, not about anything on it.
  package func isAsterisk(_ bytes: Span<UInt8>) -> Bool { path.count == 1 && bytes[path.lowerBound] == 42 }

  /// HTTP/1.1 has exactly one Host, HTTP/1.0 at most one (RFC 9112 3.2).
  private func checkHost(_ bytes: Span<UInt8>) throws(HeadProblem) {
    guard section.hosts == 1 || (section.hosts == 0 && isVersion10) else { throw .malformed }
    guard section.host < 0 || isAuthority(bytes, section.fields[section.host].value) else { throw .malformed }
  }

  private func checkFraming() throws(HeadProblem) {
    guard section.isChunked else { return }
    guard section.contentLength == nil, !isVersion10 else { throw .malformed }
  }

  package var framing: BodyFraming {
    if section.isChunked { return .chunked }
    guard let length = section.contentLength, length > 0 else { return .none }
    return .length(length)
  }

  package var keepsAlive: Bool {
    isVersion10 ? section.saysKeepAlive && !section.saysClose : !section.saysClose
  }

  /// A websocket handshake (RFC 6455 4.1). Every other upgrade is not offered to the upstream.
  package var isUpgrade: Bool {
    section.saysUpgrade && section.upgradesToWebsocket && !isVersion10 && isSafe && !isHead && !isOptions
      && framing == .none
  }

  /// Host as the request means it: the target's authority, else the Host field; empty for HTTP/1.0 without one.
  package var host: Range<Int> {
    if let authority { return authority }
    return section.host < 0 ? 0..<0 : section.fields[section.host].value
  }
}

/// Methods are case-sensitive.
private func equalsExactly(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
  guard range.count == text.utf8CodeUnitCount else { return false }
  let part = bytes.extracting(range)
  return text.withUTF8Buffer { wanted in
    for i in part.indices where unsafe part[i] != wanted[i] { return false }
    return true
  }
}
