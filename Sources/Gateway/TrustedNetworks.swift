import HTTP

/// Networks in CIDR form.
struct TrustedNetworks {
  private var networks: [(address: IPAddress, bits: Int)] = []

  init(_ texts: [String]) {
    networks = texts.compactMap(Self.network)
  }

  /// Nil for what is no network: a mistake must not widen whom we believe.
  private static func network(_ text: String) -> (address: IPAddress, bits: Int)? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let bytes = Array(parts[0].utf8)
    guard parts.count <= 2, let address = IPAddress(bytes.span, 0..<bytes.count) else { return nil }
    let width = address.isV4 && !parts[0].contains("::") ? 32 : 128
    guard parts.count == 2 else { return (address, 128) }
    guard let bits = Int(parts[1]), parts[1].utf8.allSatisfy({ 48...57 ~= $0 }), bits <= width else { return nil }
    return (address, bits + 128 - width)
  }

  var isEmpty: Bool { networks.isEmpty }

  func contains(_ address: IPAddress) -> Bool {
    networks.contains { network in
      let high = Self.mask(network.bits)
      let low = Self.mask(network.bits - 64)
      return address.high & high == network.address.high & high && address.low & low == network.address.low & low
    }
  }

  private static func mask(_ bits: Int) -> UInt64 {
    bits <= 0 ? 0 : bits >= 64 ? .max : ~(UInt64.max >> UInt64(bits))
  }
}
