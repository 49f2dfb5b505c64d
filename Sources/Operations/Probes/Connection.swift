internal import Glibc
package import Model

/// Whether something accepts connections at an address.
package enum Connection {
  package struct Refused: Error, Hashable, CustomStringConvertible {
    package var description: String
  }

  /// Returns once a connection was accepted; it is closed again. Cancelled, it throws at once. Throws `Refused`, or `CannotCheck`
  /// where the name cannot be looked up or this machine has no network.
  package static func check(_ address: Address, limit: Duration = .seconds(10)) async throws {
    try await Threads.result {
      switch address {
      case .unix(let path):
        guard let target = SocketAddress(unixPath: path) else { throw Refused(description: "its socket's path is too long") }
        try connect(to: target, limit)
      case .tcp(let host, let port):
        try connect(to: SocketAddress(host: host, port: port) ?? lookUp(host, port), limit)
      }
    }
  }

  private static func connect(to target: SocketAddress, _ limit: Duration) throws {
    var target = target
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    guard let socket = Descriptor(socket(target.family, kind, 0)) else { throw CannotCheck(reason(errno)) }
    if unsafe target.withPointer({ unsafe Glibc.connect(socket.number, $0, $1) }) == 0 { return }
    guard errno == EINPROGRESS else { throw problem(errno) }
    var event = pollfd(fd: socket.number, events: Int16(POLLOUT), revents: 0)
    guard unsafe poll(&event, 1, Int32(clamping: Int64(limit / .milliseconds(1)))) > 0 else { throw problem(ETIMEDOUT) }
    var status: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    unsafe getsockopt(socket.number, SOL_SOCKET, SO_ERROR, &status, &size)
    guard status == 0 else { throw problem(status) }
  }

  private static func lookUp(_ host: String, _ port: UInt16) throws -> SocketAddress {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let status = unsafe getaddrinfo(host, "\(port)", &hints, &list)
    defer { if let list = unsafe list { unsafe freeaddrinfo(list) } }
    guard status == 0, let first = unsafe list?.pointee, let address = unsafe SocketAddress(first.ai_addr, first.ai_addrlen)
    else {
      let words = unsafe String(cString: gai_strerror(status))
      if status == EAI_NONAME { throw Refused(description: "no machine is named \(host)") }
      throw CannotCheck("the name \(host) could not be looked up: \(words)")
    }
    return address
  }

  private static func problem(_ number: Int32) -> any Error {
    number == ENETUNREACH || number == ENETDOWN ? CannotCheck(reason(number)) : Refused(description: reason(number))
  }

  private static func reason(_ number: Int32) -> String { unsafe String(cString: strerror(number)).lowercased() }
}
