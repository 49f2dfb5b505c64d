extension ClientRequest {
  /// From `http://host:port/path?query`. The fragment is left out; an address with a user or password in it is refused, because
  /// addresses end up in logs.
  package init(
    _ method: String = "GET", url: String, fields: [(name: String, value: String)] = [], body: [UInt8]? = nil,
    timeouts: ClientTimeouts = ClientTimeouts()
  ) throws(ClientError) {
    let parts = try AddressParts(url)
    self.init(
      method, scheme: parts.scheme, host: parts.host, port: parts.port, target: parts.target, fields: fields, body: body,
      timeouts: timeouts)
  }
}

private struct AddressParts {
  var scheme: ClientRequest.Scheme
  var host: String
  var port: UInt16
  var target: String

  init(_ url: String) throws(ClientError) {
    guard let slashes = url.firstRange(of: "://"),
      let scheme = ClientRequest.Scheme(rawValue: url[..<slashes.lowerBound].lowercased())
    else { throw .invalidRequest("an address starts with http:// or https://") }
    self.scheme = scheme
    let rest = url[slashes.upperBound...].prefix { $0 != "#" }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard !authority.contains("@") else { throw .invalidRequest("an address holds no user or password") }
    (host, port) = try Self.split(authority, scheme)
    let tail = rest[authority.endIndex...]
    target = tail.hasPrefix("/") ? String(tail) : "/" + tail
  }

  private static func split(
    _ authority: Substring, _ scheme: ClientRequest.Scheme
  ) throws(ClientError) -> (String, UInt16) {
    let usual: UInt16 = scheme == .http ? 80 : 443
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      let host = authority[authority.index(after: authority.startIndex)..<end]
      return (String(host), try port(authority[authority.index(after: end)...], usual))
    }
    let host = authority.prefix { $0 != ":" }
    guard !host.isEmpty else { throw .invalidRequest("the address names no host") }
    return (String(host), try port(authority[host.endIndex...], usual))
  }

  private static func port(_ text: Substring, _ usual: UInt16) throws(ClientError) -> UInt16 {
    if text.isEmpty || text == ":" { return usual }
    guard text.hasPrefix(":"), text.dropFirst().allSatisfy(\.isNumber), let port = UInt16(text.dropFirst()) else {
      throw .invalidRequest("the address has a port that is not a number from 0 to 65535")
    }
    return port
  }
}
