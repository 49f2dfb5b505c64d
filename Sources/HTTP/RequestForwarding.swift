/// How a request changes on its way to the service.
package struct RequestForwarding {
  /// Bytes to take off the front of the path; what is left starts with `/`.
  package var strippedPrefix: Int
  /// Whether Authorization reaches the service: never when it holds the door's own credentials.
  package var keepsAuthorization: Bool
  /// Whether X-Request-From reaches the service: only from somebody who signed in.
  package var keepsRequestFrom: Bool
  package var isSecure: Bool
  /// Names of cookies that belong to another service on the same host.
  package var withheldCookies: [[UInt8]]

  package init(
    strippedPrefix: Int = 0, keepsAuthorization: Bool = true, keepsRequestFrom: Bool = true, isSecure: Bool = false,
    withheldCookies: [[UInt8]] = []
  ) {
    self.strippedPrefix = strippedPrefix
    self.keepsAuthorization = keepsAuthorization
    self.keepsRequestFrom = keepsRequestFrom
    self.isSecure = isSecure
    self.withheldCookies = withheldCookies
  }
}

extension RequestHead {
  /// Writes the head as the service gets it. `client`: the client's true address as text.
  ///
  /// Runs of fields that pass are copied in one piece; hop-by-hop fields, forged identities and credentials of ours are left out.
  package func write(
    _ bytes: Span<UInt8>, to out: inout ByteWriter, client: Span<UInt8>, _ forwarding: borrowing RequestForwarding
  ) {
    writeRequestLine(bytes, to: &out, forwarding.strippedPrefix)
    let end = length - 2
    var runStart = section.count > 0 ? Int(section.fields[0].nameStart) : end
    var i = 0
    while i < section.count {
      let field = section.fields[i]
      i &+= 1
      if passes(bytes, field, forwarding) { continue }
      out.append(bytes, runStart..<Int(field.nameStart))
      if field.kind == .contentLength || field.kind == .transferEncoding { section.writeFraming(field, to: &out) }
      if field.kind == .cookie { writeCookies(bytes, to: &out, field.value, forwarding.withheldCookies) }
      runStart = i < section.count ? Int(section.fields[i].nameStart) : end
    }
    out.append(bytes, runStart..<end)
    writeForwarded(bytes, to: &out, client, forwarding.isSecure)
    if isUpgrade { out.append("Connection: Upgrade\r\nUpgrade: websocket\r\n") }
    out.append("\r\n")
  }

  private func writeRequestLine(_ bytes: Span<UInt8>, to out: inout ByteWriter, _ strippedPrefix: Int) {
    out.append(bytes, method.lowerBound..<method.upperBound + 1)
    if lacksPath(bytes) { out.append("/") }
    out.append(bytes, min(path.lowerBound + strippedPrefix, path.upperBound)..<path.upperBound)
    out.append(" HTTP/1.1\r\n")
  }

  @inline(__always) private func passes(
    _ bytes: Span<UInt8>, _ field: Field, _ forwarding: borrowing RequestForwarding
  ) -> Bool {
    switch field.kind {
    case .plain, .location, .contentType, .accept, .apiKey:
      !section.isNamedByConnection(bytes, field) && !KeyMark.isIn(bytes, field.value)
    case .contentLength, .transferEncoding: section.isUsualFraming(bytes, field)
    case .host: authority == nil
    case .authorization: forwarding.keepsAuthorization && !KeyMark.isIn(bytes, field.value)
    case .cookie:
      !CookieField.holds(bytes, field.value, anyOf: forwarding.withheldCookies) && !KeyMark.isIn(bytes, field.value)
    case .expect: !isVersion10
    case .requestFrom: forwarding.keepsRequestFrom
    case .connection, .hopByHop, .upgrade, .forwardedFor, .forwardedProto, .untrusted: false
    }
  }

  private func writeForwarded(_ bytes: Span<UInt8>, to out: inout ByteWriter, _ client: Span<UInt8>, _ isSecure: Bool) {
    let host = self.host
    if authority != nil || section.host < 0 {
      out.append("Host: ")
      if host.isEmpty { out.append("localhost") } else { out.append(bytes, host) }
      out.append("\r\n")
    }
    if client.count > 0 {
      out.append("X-Forwarded-For: ")
      out.append(client)
      out.append("\r\n")
    }
    out.append(isSecure ? "X-Forwarded-Proto: https\r\n" : "X-Forwarded-Proto: http\r\n")
    if !host.isEmpty {
      out.append("X-Forwarded-Host: ")
      out.append(bytes, host)
      out.append("\r\n")
    }
  }

  /// Leaves out single cookies: webhook nodes store every header they get, and a session of another service is none of theirs.
  private func writeCookies(_ bytes: Span<UInt8>, to out: inout ByteWriter, _ value: Range<Int>, _ withheld: [[UInt8]]) {
    var isFirst = true
    var start = value.lowerBound
    while let cookie = CookieField.next(bytes, &start, value.upperBound) {
      if cookie.isEmpty || CookieField.isNamed(bytes, cookie, anyOf: withheld) || KeyMark.isIn(bytes, cookie) { continue }
      out.append(isFirst ? "Cookie: " : "; ")
      out.append(bytes, cookie)
      isFirst = false
    }
    if !isFirst { out.append("\r\n") }
  }
}
