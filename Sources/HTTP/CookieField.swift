/// The value of a `Cookie` field (RFC 6265 5.4): `name=value; name=value`. Nothing is decoded, and nothing allocated.
package enum CookieField {
  /// The next cookie from `start` on, without the white space around it; nil at the end. `start` moves behind it.
  @inline(__always) static func next(_ bytes: Span<UInt8>, _ start: inout Int, _ end: Int) -> Range<Int>? {
    guard start < end else { return nil }
    var at = start
    while at < end, bytes[at] != 59 { at &+= 1 }
    defer { start = at + 1 }
    return trimmed(bytes, start..<at)
  }

  static func isNamed(_ bytes: Span<UInt8>, _ cookie: Range<Int>, anyOf names: [[UInt8]]) -> Bool {
    for name in names where isNamed(bytes, cookie, name.span) { return true }
    return false
  }

  /// Whether a cookie in `value` has one of `names`.
  static func holds(_ bytes: Span<UInt8>, _ value: Range<Int>, anyOf names: [[UInt8]]) -> Bool {
    guard !names.isEmpty else { return false }
    var start = value.lowerBound
    while let cookie = next(bytes, &start, value.upperBound) {
      if isNamed(bytes, cookie, anyOf: names) { return true }
    }
    return false
  }

  private static func isNamed(_ bytes: Span<UInt8>, _ cookie: Range<Int>, _ name: Span<UInt8>) -> Bool {
    guard name.count < cookie.count, bytes[cookie.lowerBound + name.count] == 61 else { return false }
    for i in name.indices where bytes[cookie.lowerBound + i] != name[i] { return false }
    return true
  }

  /// Calls `body` with where each value of a cookie called `name` lies in `field`, in their order, until it returns true.
  package static func first(of name: [UInt8], in field: Span<UInt8>, where body: (Range<Int>) -> Bool) {
    var start = 0
    while let cookie = next(field, &start, field.count) {
      guard isNamed(field, cookie, name.span) else { continue }
      if body(cookie.lowerBound + name.count + 1..<cookie.upperBound) { return }
    }
  }
}

extension RequestHead {
  /// The value of the first Cookie field that holds a cookie with one of `names`; empty without one.
  package func cookieField(_ bytes: Span<UInt8>, holding names: [[UInt8]]) -> Range<Int> {
    guard section.hasCookies else { return 0..<0 }
    for i in 0..<section.count where section.fields[i].kind == .cookie {
      if CookieField.holds(bytes, section.fields[i].value, anyOf: names) { return section.fields[i].value }
    }
    return 0..<0
  }

  /// Where the request says that it comes from, for a browser's sake.
  package enum Source: Sendable {
    /// It says nothing: no browser of today sends a handshake or a form like this.
    case unknown
    /// This very host.
    case same
    case other
  }

  /// By Sec-Fetch-Site and Origin: both have to agree where both are. `isSecure`: the client speaks https.
  package func source(_ bytes: Span<UInt8>, isSecure: Bool) -> Source {
    var found = Source.unknown
    for i in 0..<section.count where section.fields[i].kind == .plain {
      let (name, value) = (section.fields[i].name, section.fields[i].value)
      if equals(bytes, name, "sec-fetch-site") {
        // `none`: typed by a person, or opened from a bookmark.
        if equals(bytes, value, "none") { continue }
        guard equals(bytes, value, "same-origin") else { return .other }
        found = .same
      } else if equals(bytes, name, "origin") {
        guard isOwnOrigin(bytes, value, isSecure) else { return .other }
        found = .same
      }
    }
    return found
  }

  package enum FetchMode: Sendable { case none, navigation, other }

  /// What a browser says that the answer is for (Sec-Fetch-Mode); older ones, and programs, say nothing.
  package func fetchMode(_ bytes: Span<UInt8>) -> FetchMode {
    for i in 0..<section.count where section.fields[i].kind == .plain {
      guard equals(bytes, section.fields[i].name, "sec-fetch-mode") else { continue }
      return equals(bytes, section.fields[i].value, "navigate") ? .navigation : .other
    }
    return .none
  }

  private func isOwnOrigin(_ bytes: Span<UInt8>, _ origin: Range<Int>, _ isSecure: Bool) -> Bool {
    let isPlain = matches(bytes, origin.lowerBound, "http://")
    // A page that anybody on the way could have written is not this host.
    guard isPlain ? !isSecure : matches(bytes, origin.lowerBound, "https://") else { return false }
    let port: StaticString = isPlain ? ":80" : ":443"
    let own = withoutPort(bytes, host, isSecure ? ":443" : ":80")
    let other = withoutPort(bytes, min(origin.lowerBound + (isPlain ? 7 : 8), origin.upperBound)..<origin.upperBound, port)
    return !own.isEmpty && equalsIgnoringCase(bytes, own, other)
  }

  private func withoutPort(_ bytes: Span<UInt8>, _ authority: Range<Int>, _ port: StaticString) -> Range<Int> {
    let count = port.utf8CodeUnitCount
    guard authority.count > count, equals(bytes, authority.upperBound - count..<authority.upperBound, port) else {
      return authority
    }
    return authority.lowerBound..<authority.upperBound - count
  }
}
