/// Where a request came from, as a trusted sender says it.
package struct ForwardedClient {
  /// The address and where its text stands; nil when there was none to believe.
  package var address: IPAddress?
  package var text: Range<Int>
  /// Nil: not said, or neither http nor https.
  package var isSecure: Bool?

  package init(address: IPAddress? = nil, text: Range<Int> = 0..<0, isSecure: Bool? = nil) {
    self.address = address
    self.text = text
    self.isSecure = isSecure
  }
}

extension RequestHead {
  /// What the tunnel's agent says: it appends to what the client sent, so only the last element of the last field is its own
  /// (ngrok's documentation of X-Forwarded-For and X-Forwarded-Proto).
  package func lastForwardedClient(_ bytes: Span<UInt8>) -> ForwardedClient {
    var client = ForwardedClient()
    if section.forwardedFor >= 0 {
      let text = lastElement(bytes, section.fields[section.forwardedFor].value)
      client.address = IPAddress(bytes, text)
      client.text = text
    }
    if section.forwardedProto >= 0 {
      let text = lastElement(bytes, section.fields[section.forwardedProto].value)
      if equals(bytes, text, "https") { client.isSecure = true } else if equals(bytes, text, "http") { client.isSecure = false }
    }
    return client
  }

  /// The right-most address that is not `trusted`, for listeners behind proxies of one's own.
  package func forwardedClient(_ bytes: Span<UInt8>, trusting isTrusted: (IPAddress) -> Bool) -> ForwardedClient {
    var client = lastForwardedClient(bytes)
    guard section.forwardedFor >= 0 else { return client }
    var elements: [Range<Int>] = []
    for i in 0..<section.count where section.fields[i].kind == .forwardedFor {
      forEachElement(bytes, section.fields[i].value) { elements.append($0) }
    }
    client.address = nil
    for element in elements.reversed() {
      guard let address = IPAddress(bytes, element) else { break }
      client.address = address
      client.text = element
      if !isTrusted(address) { break }
    }
    return client
  }

  private func lastElement(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var start = range.upperBound
    while start > range.lowerBound, bytes[start - 1] != 44 { start &-= 1 }
    return trimmed(bytes, start..<range.upperBound)
  }
}
