/// Where a request came from, as a trusted sender says it.
package struct ForwardedClient {
  /// The address and where its text stands, without brackets and port; nil when there was none to believe.
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

extension ForwardedClient {
  /// False, and the earlier address stays, when `element` is no address.
  @discardableResult
  fileprivate mutating func take(_ bytes: Span<UInt8>, _ element: Range<Int>) -> Bool {
    guard let address = IPAddress(bytes, element) else { return false }
    self.address = address
    text = IPAddress.bare(bytes, element)
    return true
  }
}

extension RequestHead {
  /// What the tunnel's agent says: it appends to what the client sent, so only the last element of the last field is its own
  /// (ngrok's documentation of X-Forwarded-For and X-Forwarded-Proto).
  package func lastForwardedClient(_ bytes: Span<UInt8>) -> ForwardedClient {
    var client = ForwardedClient()
    if section.forwardedFor >= 0 {
      client.take(bytes, lastElement(bytes, section.fields[section.forwardedFor].value))
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
    client.address = nil
    for i in stride(from: section.count - 1, through: 0, by: -1) where section.fields[i].kind == .forwardedFor {
      let value = section.fields[i].value
      var end = value.upperBound
      while end > value.lowerBound {
        let element = lastElement(bytes, value.lowerBound..<end)
        if !element.isEmpty {
          guard client.take(bytes, element), let address = client.address, isTrusted(address) else { return client }
        }
        // Back over white space, the element and its comma.
        while end > value.lowerBound, bytes[end - 1] != 44 { end &-= 1 }
        end &-= 1
      }
    }
    return client
  }

  private func lastElement(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var start = range.upperBound
    while start > range.lowerBound, bytes[start - 1] != 44 { start &-= 1 }
    return trimmed(bytes, start..<range.upperBound)
  }
}
