import HTTP

/// Networks in CIDR form.
struct TrustedNetworks {
  private var networks: [(address: IPAddress, bits: Int)] = []

  init(_ texts: [String]) {
    networks = texts.compactMap { text in
      let parts = text.split(separator: "/", maxSplits: 1)
      let bytes = Array(parts[0].utf8)
      guard let address = IPAddress(bytes.span, 0..<bytes.count) else { return nil }
      let width = parts.count > 1 ? Int(parts[1]) : nil
      return (address, (width ?? (address.isV4 ? 32 : 128)) + (address.isV4 ? 96 : 0))
    }
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
