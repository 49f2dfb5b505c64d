internal import Glibc

extension WireSocket {
  /// To a port of this machine's loopback.
  package static func connect(port: UInt16, receiveBuffer: Int32? = nil, _ deadline: Deadline = .patient) throws -> WireSocket {
    let socket = try WireSocket(descriptor: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    if let receiveBuffer { socket.set(SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
    socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    var address = loopback(port)
    let result = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return try socket.connected(result, deadline)
  }

  /// To a unix socket.
  package static func connect(path: String, _ deadline: Deadline = .patient) throws -> WireSocket {
    let socket = try WireSocket(descriptor: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let result = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    return try socket.connected(result, deadline)
  }

  /// A port of the loopback that is ours, at which nobody answers until `startListening`.
  /// `port` 0: any. Throws when the port is taken.
  static func reserved(port: UInt16 = 0) throws -> (WireSocket, port: UInt16) {
    let socket = try WireSocket(descriptor: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    var address = loopback(port)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(socket.descriptor, $0, size) == 0 ? getsockname(socket.descriptor, $0, &size) : -1
      }
    }
    guard result == 0 else { throw WireError.system(call: "bind", code: errno) }
    return (socket, UInt16(bigEndian: address.sin_port))
  }

  /// A port that nobody listens at now, below the range that outgoing connections take theirs from.
  package static func freePort() throws -> UInt16 {
    for _ in 0..<200 {
      if let (_, port) = try? reserved(port: .random(in: 10_000..<32_000)) { return port }
    }
    throw WireError.timedOut("a free port")
  }

  func startListening(backlog: Int32) { _ = listen(descriptor, backlog) }

  /// Nil when the socket was interrupted.
  func accepted() -> WireSocket? {
    while true {
      let descriptor = accept(self.descriptor, nil, nil)
      if descriptor >= 0, let socket = try? WireSocket(descriptor: descriptor) {
        socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        return socket
      }
      guard errno == EAGAIN || errno == EINTR || errno == ECONNABORTED else { return nil }
      _ = ready(POLLIN, .seconds(3600))
    }
  }

  private func connected(_ result: Int32, _ deadline: Deadline) throws -> WireSocket {
    if result == 0 { return self }
    guard errno == EINPROGRESS else { throw WireError.system(call: "connect", code: errno) }
    guard ready(POLLOUT, deadline) else { throw WireError.timedOut("a connection") }
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
    guard code == 0 else { throw WireError.system(call: "connect", code: code) }
    return self
  }

  private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }
}
