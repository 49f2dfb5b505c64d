/// How a response changes on its way to the client.
package struct ResponseForwarding {
  package var framing: BodyFraming
  /// Whether the connection to the client ends with this response.
  package var closes: Bool
  package var isClientVersion10: Bool
  /// Put before a root-relative Location; without its final slash. Empty: Location passes as it is.
  package var locationPrefix: [UInt8]
  /// The value of a Set-Cookie field beside the service's own. Empty: none.
  package var setCookie: [UInt8]

  package init(
    framing: BodyFraming, closes: Bool = false, isClientVersion10: Bool = false, locationPrefix: [UInt8] = [],
    setCookie: [UInt8] = []
  ) {
    self.framing = framing
    self.closes = closes
    self.isClientVersion10 = isClientVersion10
    self.locationPrefix = locationPrefix
    self.setCookie = setCookie
  }
}

extension ResponseHead {
  /// Writes the head as the client gets it.
  package func write(_ bytes: Span<UInt8>, to out: inout ByteWriter, _ forwarding: borrowing ResponseForwarding) {
    out.append("HTTP/1.1")
    out.append(bytes, statusText)
    out.append("\r\n")
    let end = length - 2
    var runStart = section.count > 0 ? Int(section.fields[0].nameStart) : end
    var i = 0
    while i < section.count {
      let field = section.fields[i]
      i &+= 1
      let isFraming = field.kind == .contentLength || field.kind == .transferEncoding
      if passes(bytes, field, forwarding), !isFraming || section.isUsualFraming(bytes, field) { continue }
      out.append(bytes, runStart..<Int(field.nameStart))
      if isFraming, passes(bytes, field, forwarding) { section.writeFraming(field, to: &out) }
      if field.kind == .location { writeLocation(bytes, to: &out, field.value, forwarding.locationPrefix) }
      runStart = i < section.count ? Int(section.fields[i].nameStart) : end
    }
    out.append(bytes, runStart..<end)
    if !forwarding.setCookie.isEmpty, status >= 200 {
      out.append("Set-Cookie: ")
      out.append(forwarding.setCookie.span)
      out.append("\r\n")
    }
    writeConnection(to: &out, forwarding)
    out.append("\r\n")
  }

  private func passes(_ bytes: Span<UInt8>, _ field: Field, _ forwarding: borrowing ResponseForwarding) -> Bool {
    switch field.kind {
    case .connection, .hopByHop, .upgrade: false
    case .transferEncoding: forwarding.framing == .chunked && !forwarding.isClientVersion10
    // RFC 9110 8.6: neither 1xx nor 204 carries a length.
    case .contentLength: status >= 200 && status != 204
    case .location: forwarding.locationPrefix.isEmpty
    default: !section.isNamedByConnection(bytes, field)
    }
  }

  private func writeConnection(to out: inout ByteWriter, _ forwarding: borrowing ResponseForwarding) {
    if status == 101 {
      out.append("Connection: Upgrade\r\nUpgrade: websocket\r\n")
    } else if status >= 200, forwarding.closes {
      out.append("Connection: close\r\n")
    } else if status >= 200, forwarding.isClientVersion10 {
      out.append("Connection: keep-alive\r\n")
    }
  }

  /// A service behind a stripped prefix sends `Location: /x` and means `/prefix/x`.
  private func writeLocation(_ bytes: Span<UInt8>, to out: inout ByteWriter, _ value: Range<Int>, _ prefix: [UInt8]) {
    out.append("Location: ")
    if isRootRelative(bytes, value), !starts(bytes, value, with: prefix) { out.append(prefix.span) }
    out.append(bytes, value)
    out.append("\r\n")
  }

  /// `/x`, but not `//host/x`.
  private func isRootRelative(_ bytes: Span<UInt8>, _ value: Range<Int>) -> Bool {
    guard !value.isEmpty, bytes[value.lowerBound] == 47 else { return false }
    return value.count == 1 || bytes[value.lowerBound + 1] != 47
  }

  /// Whether the value already lies under the prefix, as a whole segment.
  private func starts(_ bytes: Span<UInt8>, _ value: Range<Int>, with prefix: [UInt8]) -> Bool {
    guard value.count >= prefix.count else { return false }
    for i in prefix.indices where bytes[value.lowerBound + i] != prefix[i] { return false }
    return value.count == prefix.count || bytes[value.lowerBound + prefix.count] == 47
  }
}
