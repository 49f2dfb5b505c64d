/// What another gateway says, in fields of its question, about the request that it asks about. Where each value lies; empty without one.
package struct EngineFields {
  /// `decide`, `page`, or the status of an answer that it wants.
  package var ask = 0..<0
  package var listener = 0..<0
  package var method = 0..<0
  /// As the client sent it.
  package var target = 0..<0
  /// `HTTP/1.1`.
  package var version = 0..<0
  /// The address of the connection's other end.
  package var peer = 0..<0
  /// The value of Content-Length.
  package var length = 0..<0
}

extension RequestHead {
  /// Nil: one of them is there twice, which that gateway would never send.
  package func engineFields(_ bytes: Span<UInt8>) -> EngineFields? {
    var found = EngineFields()
    for i in 0..<section.count {
      let field = section.fields[i]
      guard field.kind == .plain, field.name.count >= 12, matches(bytes, field.name.lowerBound, "x-leanto-") else { continue }
      guard note(bytes, field, in: &found) else { return nil }
    }
    return found
  }

  private func note(_ bytes: Span<UInt8>, _ field: Field, in found: inout EngineFields) -> Bool {
    let rest = field.name.lowerBound + 9..<field.name.upperBound
    if equals(bytes, rest, "ask") { return take(field, &found.ask) }
    if equals(bytes, rest, "listener") { return take(field, &found.listener) }
    if equals(bytes, rest, "method") { return take(field, &found.method) }
    if equals(bytes, rest, "target") { return take(field, &found.target) }
    if equals(bytes, rest, "version") { return take(field, &found.version) }
    if equals(bytes, rest, "peer") { return take(field, &found.peer) }
    if equals(bytes, rest, "length") { return take(field, &found.length) }
    return true
  }

  private func take(_ field: Field, _ place: inout Range<Int>) -> Bool {
    guard place.isEmpty else { return false }
    place = field.value
    return true
  }

  /// The bytes of the head that is asked about, as near as can be told: without white space around values.
  package func askedLength(_ bytes: Span<UInt8>) -> Int {
    var count = method.count + target.count + 14
    for i in 0..<section.count {
      let field = section.fields[i]
      if field.value.isEmpty || matchesOwn(bytes, field) { continue }
      count += field.name.count + field.value.count + 4
    }
    return count
  }

  private func matchesOwn(_ bytes: Span<UInt8>, _ field: Field) -> Bool {
    field.kind == .forwardedProto || field.kind == .untrusted
      || (field.name.count >= 12 && matches(bytes, field.name.lowerBound, "x-leanto-"))
  }

  /// The cookies of a request without those with one of `names`, as one field's value; nil: none is to be left out.
  package func cookies(_ bytes: Span<UInt8>, without names: [[UInt8]]) -> [UInt8]? {
    guard section.hasCookies, !cookieField(bytes, holding: names).isEmpty else { return nil }
    var kept: [UInt8] = []
    for i in 0..<section.count where section.fields[i].kind == .cookie {
      var start = section.fields[i].value.lowerBound
      while let cookie = CookieField.next(bytes, &start, section.fields[i].value.upperBound) {
        if cookie.isEmpty || CookieField.isNamed(bytes, cookie, anyOf: names) { continue }
        if !kept.isEmpty { kept += [59, 32] }
        for index in cookie { kept.append(bytes[index]) }
      }
    }
    return kept
  }

  /// Whether the X-API-Key is one of the door's own.
  package func holdsOwnKey(_ bytes: Span<UInt8>) -> Bool {
    guard section.apiKey >= 0 else { return false }
    return KeyMark.isIn(bytes, section.fields[section.apiKey].value)
  }
}
