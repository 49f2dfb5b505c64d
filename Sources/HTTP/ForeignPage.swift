extension RequestHead {
  /// Whether a web page from elsewhere may have made a browser send this. To be asked where no credentials are.
  ///
  /// By what the browser says (Sec-Fetch-Site, Origin); and, because a page can have its own name lead here (DNS rebinding), by a
  /// name on the internet under which a browser asks. Programs send neither. `isOwnHost`: the settings know the name.
  package func mayBeFromForeignPage(_ bytes: Span<UInt8>, isOwnHost: Bool) -> Bool {
    if source(bytes, isSecure: false) == .other { return true }
    return !isOwnHost && !isLocalName(bytes, hostName(bytes, host)) && showsBrowser(bytes)
  }

  /// A page cannot make a browser leave all of these out.
  private func showsBrowser(_ bytes: Span<UInt8>) -> Bool {
    for i in 0..<section.count {
      let (name, value) = (section.fields[i].name, section.fields[i].value)
      if equals(bytes, name, "accept-language") || equals(bytes, name, "referer") || equals(bytes, name, "origin") { return true }
      if matches(bytes, name.lowerBound, "sec-") { return true }
      if equals(bytes, name, "user-agent"), matches(bytes, value.lowerBound, "mozilla/") { return true }
    }
    return false
  }
}

/// A name that nobody on the internet can have: an address, a name of one label, or one below `localhost`, `local` or `internal`
/// (RFC 6761, RFC 6762, and ICANN's reservation of 2024).
func isLocalName(_ bytes: Span<UInt8>, _ name: Range<Int>) -> Bool {
  guard !name.isEmpty, bytes[name.lowerBound] != 91 else { return true }
  var label = name.lowerBound
  for i in name where bytes[i] == 46 { label = i + 1 }
  let last = label..<name.upperBound
  if label == name.lowerBound || equals(bytes, last, "localhost") || equals(bytes, last, "local") { return true }
  // No name on the internet ends in a number (RFC 1123 2.1): it is an IPv4 address.
  return equals(bytes, last, "internal") || (!last.isEmpty && last.allSatisfy { isDigit(bytes[$0]) })
}
