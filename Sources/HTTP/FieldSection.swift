/// The fields of one head, whichever way it goes: scanned with the rules of RFC 9112 5 and no leniency.
///
/// A reused value: 128 fields are 1.3 KB, too much to clear for each head.
package struct FieldSection: ~Copyable {
  package private(set) var count = 0
  package private(set) var fields = InlineArray<128, Field>(repeating: Field())
  package private(set) var contentLength: Int?
  package private(set) var isChunked = false
  package private(set) var hosts = 0
  /// Index of the last field of that kind, -1 without one.
  package private(set) var authorization = -1
  package private(set) var authorizations = 0
  package private(set) var host = -1
  package private(set) var forwardedFor = -1
  package private(set) var forwardedProto = -1
  package private(set) var accept = -1
  package private(set) var apiKey = -1
  package private(set) var saysClose = false
  package private(set) var saysKeepAlive = false
  package private(set) var saysUpgrade = false
  package private(set) var upgradesToWebsocket = false
  package private(set) var expectsContinue = false
  package private(set) var hasCookies = false
  package private(set) var isEventStream = false
  /// Whether Connection names fields beyond the usual ones.
  private var namesMore = false
  private let staysInPlace = AddressOnly()

  package init() {}

  private mutating func reset() {
    count = 0
    contentLength = nil
    isChunked = false
    hosts = 0
    authorization = -1
    authorizations = 0
    host = -1
    forwardedFor = -1
    forwardedProto = -1
    accept = -1
    apiKey = -1
    saysClose = false
    saysKeepAlive = false
    saysUpgrade = false
    upgradesToWebsocket = false
    expectsContinue = false
    hasCookies = false
    isEventStream = false
    namesMore = false
  }

  /// Scans from the first field to the empty line; returns the index after it, or nil when more bytes are needed.
  mutating func scan(_ bytes: Span<UInt8>, from start: Int) throws(HeadProblem) -> Int? {
    reset()
    var at = start
    while true {
      guard at < bytes.count, let feed = indexOfLineFeed(bytes, from: at) else { return nil }
      guard feed > at, bytes[feed - 1] == 13 else { throw .malformed }
      if feed == at + 1 { return feed + 1 }
      try scanField(bytes, at, feed - 1)
      at = feed + 1
    }
  }

  private mutating func scanField(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) throws(HeadProblem) {
    // Names are nearly always letters and hyphens; what ends those is looked at by itself.
    var colon = endOfName(bytes, from: start)
    while isPlainNameByte(bytes[colon]) { colon &+= 1 }
    let isOdd = isToken(bytes[colon])
    while isToken(bytes[colon]) { colon &+= 1 }
    // An obsolete fold starts with a space and a space before the colon ends the token: both end here.
    guard colon > start, colon < end, bytes[colon] == 58 else { throw .malformed }
    let value = trimmed(bytes, colon + 1..<end)
    guard isFieldValue(bytes.extracting(value)) else { throw .malformed }
    guard count < maximumFieldCount, end <= maximumHeadLength else { throw .tooLarge }
    var kind = classify(bytes, start, colon - start)
    if isOdd, kind == .plain { kind = classifyAlias(bytes, start, colon - start) }
    fields[count] = Field(
      nameStart: UInt16(truncatingIfNeeded: start), nameEnd: UInt16(truncatingIfNeeded: colon),
      valueStart: UInt16(truncatingIfNeeded: value.lowerBound), valueEnd: UInt16(truncatingIfNeeded: value.upperBound),
      kind: kind)
    if kind != .plain { try note(kind, bytes, value) }
    count &+= 1
  }

  private mutating func note(_ kind: FieldKind, _ bytes: Span<UInt8>, _ value: Range<Int>) throws(HeadProblem) {
    switch kind {
    case .contentLength: try noteContentLength(bytes, value)
    case .transferEncoding:
      guard !isChunked, equals(bytes, value, "chunked") else { throw .malformed }
      isChunked = true
    case .connection: noteConnection(bytes, value)
    case .upgrade: upgradesToWebsocket = equals(bytes, value, "websocket")
    case .host:
      hosts &+= 1
      host = count
    case .authorization:
      authorizations &+= 1
      authorization = count
    case .cookie: hasCookies = true
    case .forwardedFor: forwardedFor = count
    case .forwardedProto: forwardedProto = count
    case .accept: accept = count
    case .apiKey: apiKey = count
    case .expect:
      guard equals(bytes, value, "100-continue") else { throw .expectation }
      expectsContinue = true
    case .contentType: isEventStream = matches(bytes, value.lowerBound, "text/event-stream")
    default: break
    }
  }

  /// One field, digits only: `5, 5` and `+5` are read differently by different servers (RFC 9112 6.3).
  private mutating func noteContentLength(_ bytes: Span<UInt8>, _ value: Range<Int>) throws(HeadProblem) {
    guard contentLength == nil, !value.isEmpty, value.count <= 18 else { throw .malformed }
    var length = 0
    for i in value {
      guard isDigit(bytes[i]) else { throw .malformed }
      length = length * 10 + Int(bytes[i] &- 48)
    }
    contentLength = length
  }

  private mutating func noteConnection(_ bytes: Span<UInt8>, _ value: Range<Int>) {
    forEachElement(bytes, value) { element in
      if equals(bytes, element, "close") {
        saysClose = true
      } else if equals(bytes, element, "keep-alive") {
        saysKeepAlive = true
      } else if equals(bytes, element, "upgrade") {
        saysUpgrade = true
      } else {
        namesMore = true
      }
    }
  }

  /// Whether a framing field is written as everybody writes it. What is not is written anew, so that a reader who takes a tab, a
  /// leading zero or `CHUNKED` otherwise never sees any.
  func isUsualFraming(_ bytes: Span<UInt8>, _ field: Field) -> Bool {
    let value = field.value
    guard value.lowerBound == field.name.upperBound + 2, bytes[value.lowerBound - 1] == 32, bytes[value.upperBound] == 13 else {
      return false
    }
    if field.kind == .contentLength { return value.count == 1 || bytes[value.lowerBound] != 48 }
    for i in value where bytes[i] != lowercased(bytes[i]) { return false }
    return true
  }

  func writeFraming(_ field: Field, to out: inout ByteWriter) {
    if field.kind == .contentLength {
      out.append("Content-Length: ")
      out.append(decimal: contentLength ?? 0)
      out.append("\r\n")
    } else {
      out.append("Transfer-Encoding: chunked\r\n")
    }
  }

  /// Whether a plain field ends at this hop because Connection names it. Only plain fields can be named away: never Host,
  /// Authorization, Cookie or what the gateway itself sets.
  @inline(__always) func isNamedByConnection(_ bytes: Span<UInt8>, _ field: Field) -> Bool {
    namesMore && isNamed(bytes, field.name)
  }

  private func isNamed(_ bytes: Span<UInt8>, _ name: Range<Int>) -> Bool {
    var found = false
    for i in 0..<count where fields[i].kind == .connection {
      forEachElement(bytes, fields[i].value) { element in
        found = found || equalsIgnoringCase(bytes, element, name)
      }
    }
    return found
  }
}
