/// One response head of an upstream, read in place.
package struct ResponseHead: ~Copyable {
  package private(set) var length = 0
  package private(set) var status = 0
  package private(set) var isVersion10 = false
  /// The status line without its version and line end: ` 200 OK`.
  package private(set) var statusText = 0..<0
  package var section = FieldSection()

  package init() {}

  /// Reads one head from the start of `bytes`. False: more bytes are needed.
  package mutating func scan(_ bytes: Span<UInt8>) throws(HeadProblem) -> Bool {
    guard let feed = indexOfLineFeed(bytes, from: 0) else {
      guard bytes.count == 0 || bytes[0] == 72 else { throw .malformed }
      return false
    }
    guard feed >= 1, bytes[feed - 1] == 13 else { throw .malformed }
    try scanStatusLine(bytes, feed - 1)
    guard let end = try section.scan(bytes, from: feed + 1) else { return false }
    length = end
    guard !section.isChunked || (section.contentLength == nil && !isVersion10) else { throw .malformed }
    return true
  }

  /// `HTTP/1.1 200 OK`; the reason, even its space, may be missing (RFC 9112 4).
  private mutating func scanStatusLine(_ bytes: Span<UInt8>, _ end: Int) throws(HeadProblem) {
    guard end >= 12, end <= maximumHeadLength else { throw .malformed }
    let line = bytes.extracting(0..<end)
    guard line[0] == 72, line[1] == 84, line[2] == 84, line[3] == 80, line[4] == 47, line[5] == 49, line[6] == 46,
      line[7] &- 48 <= 1, line[8] == 32, isDigit(line[9]), isDigit(line[10]), isDigit(line[11])
    else { throw .malformed }
    guard end == 12 || line[12] == 32, isFieldValue(line.extracting(12..<end)) else { throw .malformed }
    isVersion10 = line[7] == 48
    status = Int(line[9] &- 48) * 100 + Int(line[10] &- 48) * 10 + Int(line[11] &- 48)
    guard status >= 100, status <= 599 else { throw .malformed }
    statusText = 8..<end
  }

  /// `isHeadRequest`: whether the request was HEAD, whose answer has no body whatever it says.
  package func framing(isHeadRequest: Bool) -> BodyFraming {
    if isHeadRequest || status < 200 || status == 204 || status == 304 { return .none }
    if section.isChunked { return .chunked }
    guard let length = section.contentLength else { return .untilClose }
    return length == 0 ? .none : .length(length)
  }

  /// 204 or 304 with a body, which no client reads (RFC 9110 8.6): what follows on the connection may not be the next answer. A
  /// length with 304 is allowed, of what is not sent, and some services send it all the same.
  package var announcesForbiddenBody: Bool {
    (status == 204 || status == 304) && (section.isChunked || (section.contentLength ?? 0) > 0)
  }

  package var keepsAlive: Bool {
    isVersion10 ? section.saysKeepAlive && !section.saysClose : !section.saysClose
  }
}
