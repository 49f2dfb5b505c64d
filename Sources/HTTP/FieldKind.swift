/// What the gateway must know a field for. Everything else is `plain` and passes untouched.
package enum FieldKind: UInt8 {
  case plain
  /// `Connection`: names the fields that end at this hop.
  case connection
  /// Ends at this hop by its nature: Keep-Alive, Proxy-Connection, Proxy-Authenticate and its kin, TE, Trailer, HTTP2-Settings.
  case hopByHop
  case upgrade
  case transferEncoding
  case contentLength
  case host
  case authorization
  case cookie
  case expect
  case accept
  case location
  case contentType
  /// X-Forwarded-For: read where its sender is trusted, always replaced.
  case forwardedFor
  /// X-Forwarded-Proto: as above.
  case forwardedProto
  /// Says who or where the client is, or names another target or method; believed from nobody: dropped.
  case untrusted
  /// X-Request-From: what Flowise's own front end says of itself. Dropped where nobody signed in.
  case requestFrom
  /// X-API-Key: the service's own, or a key of the door's.
  case apiKey
}

/// By length first: most names are ruled out by one comparison.
@inline(__always) func classify(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> FieldKind {
  switch count {
  case 2: matches(bytes, start, "te") ? .hopByHop : .plain
  case 4: matches(bytes, start, "host") ? .host : .plain
  case 6:
    matches(bytes, start, "cookie")
      ? .cookie
      : matches(bytes, start, "expect")
        ? .expect
        : matches(bytes, start, "accept") ? .accept : forgedKind(bytes, start, count)
  case 7: matches(bytes, start, "upgrade") ? .upgrade : matches(bytes, start, "trailer") ? .hopByHop : .plain
  case 8: matches(bytes, start, "location") ? .location : forgedKind(bytes, start, count)
  case 9: matches(bytes, start, "x-api-key") ? .apiKey : forgedKind(bytes, start, count)
  case 10:
    matches(bytes, start, "connection")
      ? .connection : matches(bytes, start, "keep-alive") ? .hopByHop : forgedKind(bytes, start, count)
  case 12: matches(bytes, start, "content-type") ? .contentType : forgedKind(bytes, start, count)
  default: classifyLong(bytes, start, count)
  }
}

private func classifyLong(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> FieldKind {
  let found: (StaticString, FieldKind)? =
    switch count {
    case 13: ("authorization", .authorization)
    case 15: ("x-forwarded-for", .forwardedFor)
    case 16: ("proxy-connection", .hopByHop)
    case 18: ("proxy-authenticate", .hopByHop)
    case 19: ("proxy-authorization", .hopByHop)
    case 25: ("proxy-authentication-info", .hopByHop)
    default: nil
    }
  if let found, matches(bytes, start, found.0) { return found.1 }
  if count == 14 {
    if matches(bytes, start, "content-length") { return .contentLength }
    if matches(bytes, start, "x-request-from") { return .requestFrom }
    if matches(bytes, start, "http2-settings") { return .hopByHop }
  } else if count == 17 {
    if matches(bytes, start, "transfer-encoding") { return .transferEncoding }
    if matches(bytes, start, "x-forwarded-proto") { return .forwardedProto }
  }
  return forgedKind(bytes, start, count)
}

/// The kind that a name is taken for by servers that read `_` (CGI, WSGI), `.` (PHP) or any odd character as `-`; what is more
/// than plain then is dropped.
func classifyAlias(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> FieldKind {
  var folded = InlineArray<48, UInt8>(repeating: 0)
  // What is longer can only be known by how it begins.
  let known = min(count, 48)
  for i in 0..<known { folded[i] = isPlainNameByte(bytes[start + i]) ? bytes[start + i] : 45 }
  let kind = classify(folded.span.extracting(0..<known), 0, known)
  // X_API_Key is no way into the door, so that it stays what the service makes of it.
  return kind == .plain || kind == .apiKey ? .plain : .untrusted
}
