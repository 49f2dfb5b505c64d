import Glibc

/// How this machine is found on its networks.
enum MachineAddresses {
  static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&name, 255) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Numeric addresses of interfaces that are up, without loopback and without those of one link only; at most 32.
  static var all: [String] {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard unsafe getifaddrs(&first) == 0 else { return [] }
    defer { unsafe freeifaddrs(first) }
    var found: [String] = []
    var next = unsafe first
    while let entry = unsafe next, found.count < 32 {
      let flags = unsafe Int32(bitPattern: entry.pointee.ifa_flags)
      if flags & Int32(IFF_UP) != 0, flags & Int32(IFF_LOOPBACK) == 0,
        let text = unsafe text(entry.pointee.ifa_addr), !found.contains(text)
      {
        found.append(text)
      }
      unsafe next = entry.pointee.ifa_next
    }
    return found
  }

  private static func text(_ address: UnsafeMutablePointer<sockaddr>?) -> String? {
    guard let address = unsafe address else { return nil }
    let family = unsafe Int32(address.pointee.sa_family)
    guard family == AF_INET || family == AF_INET6 else { return nil }
    let size = family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
    var host = [CChar](repeating: 0, count: 64)
    guard unsafe getnameinfo(address, socklen_t(size), &host, 64, nil, 0, NI_NUMERICHOST) == 0 else { return nil }
    let text = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.hasPrefix("fe80:") ? nil : text
  }
}
