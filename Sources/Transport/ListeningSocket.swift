import CLinux
import Glibc
package import Model

/// A bound, listening descriptor. Opened before the loops are told, so that a taken port changes nothing.
package struct ListeningSocket: Sendable, Hashable {
  let descriptor: Int32
  /// The port that the kernel chose where 0 was asked for; 0 for a unix socket.
  package let port: UInt16

  /// One socket for each of `count` event loops. TCP: the kernel spreads connections over them; unix: they share one. `isOurs`: it is
  /// this program that listens at that port already, and will not for long.
  ///
  /// `mayComeLater`: the address may be one that this machine does not have yet.
  ///
  /// - Throws: `SystemError`, such as an address in use.
  package static func open(
    _ address: Address, count: Int, isOurs: Bool = false, mayComeLater: Bool = false
  ) throws(SystemError) -> [ListeningSocket] {
    switch address {
    case .tcp(let host, let port): try openTCP(host, port, count, isOurs, mayComeLater ? 1 : 0)
    case .unix(let path): try openUnix(path, count)
    }
  }

  private static func openTCP(
    _ host: String, _ port: UInt16, _ count: Int, _ isOurs: Bool, _ mayComeLater: Int32
  ) throws(SystemError) -> [ListeningSocket] {
    guard let numeric = resolve(host).first else { throw SystemError(EADDRNOTAVAIL) }
    // Sockets that share a port do not notice one another, another program's neither: ask first with one that does.
    if !isOurs {
      let question = unsafe linux_listen_tcp(numeric, port, 0, mayComeLater)
      guard question >= 0 else { throw SystemError(-question) }
      Glibc.close(question)
    }
    var sockets: [ListeningSocket] = []
    for _ in 0..<count {
      let descriptor = unsafe linux_listen_tcp(numeric, sockets.first?.port ?? port, 1, mayComeLater)
      guard descriptor >= 0 else {
        for socket in sockets { socket.close() }
        throw SystemError(-descriptor)
      }
      sockets.append(ListeningSocket(descriptor: descriptor, port: linux_local_port(descriptor)))
    }
    return sockets
  }

  private static func openUnix(_ path: String, _ count: Int) throws(SystemError) -> [ListeningSocket] {
    let short = ShortPath(path)
    defer { short.close() }
    // Who listens there answers; a file that nobody listens at is left over from a killed process.
    let other = unsafe linux_connect_unix(short.path)
    guard other < 0 else {
      Glibc.close(other)
      throw SystemError(EADDRINUSE)
    }
    if other == -ECONNREFUSED { unsafe unlink(path) }
    let earlier = umask(0o177)
    let descriptor = unsafe linux_listen_unix(short.path)
    umask(earlier)
    guard descriptor >= 0 else { throw SystemError(-descriptor) }
    let rest = (1..<max(1, count)).map { _ in ListeningSocket(descriptor: fcntl(descriptor, F_DUPFD_CLOEXEC, 0), port: 0) }
    return [ListeningSocket(descriptor: descriptor, port: 0)] + rest
  }

  package func close() { Glibc.close(descriptor) }
}

/// Unix socket paths end at 107 bytes; a longer one is reached through a descriptor of its directory.
struct ShortPath {
  let path: String
  private let directory: Int32

  init(_ path: String) {
    guard path.utf8.count > 100, let slash = path.lastIndex(of: "/") else {
      self.path = path
      directory = -1
      return
    }
    directory = unsafe Glibc.open(String(path[..<slash]), O_DIRECTORY | O_CLOEXEC)
    self.path = "/proc/self/fd/\(directory)/\(path[path.index(after: slash)...])"
  }

  func close() { if directory >= 0 { Glibc.close(directory) } }
}

/// Numeric addresses of a name, in the resolver's order; a numeric one is itself. May ask the network: not for an event loop.
package func resolve(_ host: String) -> [String] {
  var found = [CChar](repeating: 0, count: 8 * 46)
  let count = unsafe linux_resolve(host, &found, 8)
  return (0..<Int(count)).map { index in
    let text = found[index * 46..<(index + 1) * 46].prefix { $0 != 0 }
    return String(decoding: text.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Whether this machine itself has an IPv4 address, at this moment. Asks only the kernel.
package func isOwnAddress(v4 address: UInt32) -> Bool { linux_is_own_ipv4(address) != 0 }
