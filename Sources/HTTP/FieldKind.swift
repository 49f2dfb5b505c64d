/// What the gateway must know a field for. Everything else is `plain` and passes untouched.
package enum FieldKind: UInt8 {
  case plain
  /// `Connection`: names the fields that end at this hop.
  case connection
  /// Ends at this hop by its nature: Keep-Alive, Proxy-Connection, Proxy-Authenticate's kin, TE, Trailer.
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
  /// Says who or where the client is, or names another target; believed from nobody: dropped.
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
        : matches(bytes, start, "accept") ? .accept : .plain
  case 7: matches(bytes, start, "upgrade") ? .upgrade : matches(bytes, start, "trailer") ? .hopByHop : .plain
  case 8: matches(bytes, start, "location") ? .location : .plain
  case 9:
    matches(bytes, start, "forwarded") || matches(bytes, start, "x-real-ip")
      ? .untrusted
      : matches(bytes, start, "x-api-key") ? .apiKey : .plain
  case 10: matches(bytes, start, "connection") ? .connection : matches(bytes, start, "keep-alive") ? .hopByHop : .plain
  case 11: matches(bytes, start, "remote-user") ? .untrusted : .plain
  case 12: matches(bytes, start, "content-type") ? .contentType : forwardedKin(bytes, start, count)
  default: classifyLong(bytes, start, count)
  }
}

private func classifyLong(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> FieldKind {
  switch count {
  case 13:
    matches(bytes, start, "authorization")
      ? .authorization
      : matches(bytes, start, "x-remote-user") || matches(bytes, start, "x-rewrite-url")
        ? .untrusted
        : forwardedKin(bytes, start, count)
  case 14:
    matches(bytes, start, "content-length")
      ? .contentLength
      : matches(bytes, start, "x-original-url")
        ? .untrusted
        : matches(bytes, start, "x-request-from") ? .requestFrom : forwardedKin(bytes, start, count)
  case 15: matches(bytes, start, "x-forwarded-for") ? .forwardedFor : forwardedKin(bytes, start, count)
  case 16: matches(bytes, start, "proxy-connection") ? .hopByHop : forwardedKin(bytes, start, count)
  case 17:
    matches(bytes, start, "transfer-encoding")
      ? .transferEncoding
      : matches(bytes, start, "x-forwarded-proto") ? .forwardedProto : forwardedKin(bytes, start, count)
  case 19: matches(bytes, start, "proxy-authorization") ? .hopByHop : forwardedKin(bytes, start, count)
  default: forwardedKin(bytes, start, count)
  }
}

/// Every other `X-Forwarded-...`, `Remote-...`, `X-Original-...`, and what further proxies call the client's address or identity.
private func forwardedKin(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> FieldKind {
  let first = lowercased(bytes[start])
  guard first == 120 || first == 114 || first == 116 || first == 99 else { return .plain }
  let known =
    matches(bytes, start, "x-forwarded-") || matches(bytes, start, "x-original-")
    || (count == 20 && matches(bytes, start, "x-authenticated-user")) || matches(bytes, start, "x-auth-request-")
    || (count == 12 && matches(bytes, start, "remote-email")) || (count == 13 && matches(bytes, start, "remote-groups"))
    || (count == 14 && matches(bytes, start, "true-client-ip")) || (count == 16 && matches(bytes, start, "cf-connecting-ip"))
  return known ? .untrusted : .plain
}

/// The kind that a name with underscores is taken for by servers that read `_` as `-`; what is more than plain then is dropped.
func classifyAlias(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> FieldKind {
  var folded = InlineArray<40, UInt8>(repeating: 0)
  guard count <= 40 else { return .plain }
  for i in 0..<count { folded[i] = bytes[start + i] == 95 ? 45 : bytes[start + i] }
  let kind = classify(folded.span.extracting(0..<count), 0, count)
  // X_API_Key is no way into the door, so that it stays what the service makes of it.
  return kind == .plain || kind == .apiKey ? .plain : .untrusted
}
