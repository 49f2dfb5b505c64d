internal import Glibc

/// Where Caddy sends its access records: a unix socket that Leanto listens at. Each connection is read on a thread of its own, so that
/// Caddy, which writes while a request ends, never waits for anything but this.
package final class CaddyRecordSocket: Sendable {
  /// A line that is longer is no record.
  private static let longestLine = 256 * 1024
  private let listening: Descriptor

  /// 0600. `receive` gets the lines that were read at once, on the reading thread. Nil: errno says why it cannot listen.
  package init?(path: String, receive: @escaping @Sendable ([[UInt8]]) -> Void) {
    unsafe unlink(path)
    guard let listening = Descriptor(Self.listen(path)) else { return nil }
    self.listening = listening
    Threads.run {
      while let connection = Self.accept(listening) {
        Threads.run { Self.read(connection, receive) }
      }
    }
  }

  deinit { _ = shutdown(listening.number, Int32(SHUT_RDWR)) }

  private static func listen(_ path: String) -> Int32 {
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    // A path that is too long for an address is reached through its folder.
    guard let folder = Descriptor(opening: String(path[..<slash]), O_DIRECTORY),
      var address = SocketAddress(unixPath: "/proc/self/fd/\(folder.number)/\(path[path.index(after: slash)...])")
    else { return -1 }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return -1 }
    let isBound = unsafe address.withPointer { unsafe bind(descriptor, $0, $1) == 0 }
    guard isBound, unsafe chmod(path, 0o600) == 0, Glibc.listen(descriptor, 64) == 0 else {
      close(descriptor)
      return -1
    }
    return descriptor
  }

  private static func accept(_ listening: Descriptor) -> Descriptor? {
    while true {
      let connection = Glibc.accept(listening.number, nil, nil)
      if connection >= 0 { return Descriptor(connection) }
      if errno != EINTR && errno != ECONNABORTED { return nil }
    }
  }

  private static func read(_ connection: Descriptor, _ receive: ([[UInt8]]) -> Void) {
    var pending: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = unsafe Glibc.read(connection.number, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      pending += buffer[0..<count]
      guard let end = pending.lastIndex(of: 10) else {
        if pending.count > longestLine { pending = [] }
        continue
      }
      receive(pending[..<end].split(separator: 10).map(Array.init))
      pending.removeSubrange(...end)
    }
  }
}
