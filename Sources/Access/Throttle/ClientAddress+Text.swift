internal import HTTP
internal import Model

extension ClientAddress {
  /// Whoever holds one IPv6 address holds the whole /64.
  var throttled: ClientAddress { ClientAddress(high: high, low: high == 0 ? low : 0) }

  /// An address, or the /64 that stands for all in it.
  var networkText: String {
    if high == 0 && low == 0 { return "a unix socket" }
    let text = IPAddress(high: high, low: low).text
    return high == 0 || low != 0 ? text : text + "/64"
  }

  /// Reads what `networkText` writes, and any address.
  init?(text: String) {
    let bytes = Array((text.hasSuffix("/64") ? String(text.dropLast(3)) : text).utf8)
    guard let address = IPAddress(bytes.span, 0..<bytes.count) else { return nil }
    self.init(high: address.high, low: address.low)
  }
}
