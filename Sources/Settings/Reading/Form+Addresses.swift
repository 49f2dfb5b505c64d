import Model

extension Form where Value == Address {
  /// Something to listen at: an IP address, because a name may mean several places or another one tomorrow.
  static func listener(_ examples: String = "127.0.0.1:8080, [::1]:8080 or unix:run/gateway.sock") -> Form {
    .scalar("an address such as \(examples)") { text throws(Complaint) in
      try address(text, allows: { NetworkAddress($0) != nil || $0.lowercased() == "localhost" })
    }
  }

  /// Something that already runs. The gateway speaks plain HTTP/1.1 to it.
  static var upstream: Form {
    .scalar("http://host:port or unix:path") { text throws(Complaint) in
      if text.hasPrefix("unix:") { return try address(text, allows: { _ in false }) }
      return try httpAddress(text)
    }
  }
}

extension Form where Value == String {
  /// `http://host:port` without a path.
  static var httpOrigin: Form {
    .scalar("http://host:port") { text throws(Complaint) in
      try httpAddress(text).map { "http://\($0)" }
    }
  }

  /// An address on the web. It may hold a token: it is never shown.
  static var webAddress: Form {
    .scalar("an address that begins with https:// or http://") { text throws(Complaint) in
      let rest = text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : ""
      let host = rest.prefix { $0 != "/" && $0 != "?" }
      if !host.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) { return text }
      throw Complaint("should be an address that begins with https:// or http:// and has no spaces")
    }
  }

  /// A network in CIDR form; one address alone gets its full length.
  static var network: Form {
    .scalar("a network such as 10.0.0.0/8 or an address such as 192.168.1.2") { text throws(Complaint) in
      let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard let address = parts.first.flatMap({ NetworkAddress($0) }) else { return nil }
      let longest = address.bytes.count * 8
      guard parts.count == 2 else { return "\(text)/\(longest)" }
      guard let length = Quantity.count(parts[1]), length <= longest else { return nil }
      if length == 0 { throw Complaint("would believe every client: name the proxy's own network") }
      if address.isNetwork(of: length) { return text }
      throw .should("have only zero bits after the first \(length)")
    }
  }
}

private func httpAddress(_ text: String) throws(Complaint) -> Address? {
  if text.lowercased().hasPrefix("https://") {
    throw Complaint("https is not in this version: should be http://host:port, on a network that you trust")
  }
  guard text.lowercased().hasPrefix("http://") else { return nil }
  let rest = text.dropFirst(7)
  let authority = rest.hasSuffix("/") ? rest.dropLast() : rest
  if authority.contains("@") { throw Complaint("should be http://host:port without a user and password") }
  if authority.contains(where: { "/?#".contains($0) }) { throw Complaint("should be http://host:port without a path") }
  return try address(String(authority), allows: { NetworkAddress($0) != nil || isName($0) })
}

/// A name whose last label is a number would be read as an odd IPv4 address by some.
private func isName(_ host: String) -> Bool {
  guard hostName(host) != nil, let last = host.split(separator: ".").last else { return false }
  return !last.utf8.allSatisfy(isDigit)
}

/// `host:port` with a host that is allowed, or `unix:path`; nil when it is neither.
private func address(_ text: String, allows isAllowed: (String) -> Bool) throws(Complaint) -> Address? {
  guard let address = Address(text) else { return nil }
  switch address {
  case .tcp(let host, let port):
    // The port again, strictly: "+80" is a number to Swift.
    let digits = text.split(separator: ":").last ?? ""
    return Settings.port(digits) == port && isAllowed(host) ? address : nil
  case .unix(let path):
    // sockaddr_un has 108 bytes, the last is zero (unix(7)).
    if path.utf8.count <= 107 { return address }
    throw Complaint("should be a path of at most 107 bytes: the kernel takes no longer one for a socket")
  }
}
