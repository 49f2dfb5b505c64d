internal import Glibc

/// A socket address of a numeric host, of `localhost`, or of a unix path.
struct SocketAddress {
  private var storage = sockaddr_storage()
  private var length: socklen_t = 0
  let family: Int32

  /// Nil: the host is a name.
  init?(host: String, port: UInt16) {
    let host = host == "localhost" ? "127.0.0.1" : host
    family = host.contains(":") ? AF_INET6 : AF_INET
    let isValid =
      if family == AF_INET6 {
        unsafe Self.fill(&storage, as: sockaddr_in6.self) { address in
          address.sin6_family = sa_family_t(AF_INET6)
          address.sin6_port = port.bigEndian
          return unsafe inet_pton(AF_INET6, host, &address.sin6_addr) == 1
        }
      } else {
        unsafe Self.fill(&storage, as: sockaddr_in.self) { address in
          address.sin_family = sa_family_t(AF_INET)
          address.sin_port = port.bigEndian
          return unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1
        }
      }
    guard isValid else { return nil }
    length = socklen_t(family == AF_INET6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
  }

  /// Nil: the path is longer than the 107 bytes that Linux takes.
  init?(unixPath path: String) {
    family = AF_UNIX
    let bytes = Array(path.utf8)
    guard bytes.count < 108 else { return nil }
    unsafe Self.fill(&storage, as: sockaddr_un.self) { address in
      address.sun_family = sa_family_t(AF_UNIX)
      unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    }
    length = socklen_t(MemoryLayout<sockaddr_un>.size)
  }

  mutating func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    let length = length
    return unsafe withUnsafePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
    }
  }

  @unsafe private static func fill<Kind, Result>(
    _ storage: inout sockaddr_storage, as kind: Kind.Type, _ body: (inout Kind) -> Result
  ) -> Result {
    unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: kind, capacity: 1) { unsafe body(&$0.pointee) }
    }
  }
}
