internal import Glibc
internal import Model

/// Who listens where somebody else wants to.
package enum PortHolder {
  /// Nil: the address is free, or not one of this machine. Otherwise words such as "port 9100 is taken by python3 (pid 123)".
  static func problem(_ address: Address) -> String? {
    switch address {
    case .unix(let path): isAnswered(path) ? "\(path) is taken by another program that listens there" : nil
    case .tcp(let host, let port): isFree(host, port) ? nil : "port \(port) is taken by \(holder(of: port))"
    }
  }

  /// Tries to bind, as the service will: with SO_REUSEADDR only a listener is in the way, not an old connection.
  private static func isFree(_ host: String, _ port: UInt16) -> Bool {
    guard var target = SocketAddress(host: host, port: port),
      let socket = Descriptor(socket(target.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
    else { return true }
    var yes: Int32 = 1
    unsafe setsockopt(socket.number, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    return unsafe target.withPointer { unsafe bind(socket.number, $0, $1) } == 0 || errno != EADDRINUSE
  }

  private static func isAnswered(_ path: String) -> Bool {
    guard var target = SocketAddress(unixPath: path),
      let socket = Descriptor(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
    else { return false }
    return unsafe target.withPointer { unsafe connect(socket.number, $0, $1) } == 0
  }

  private static func holder(of port: UInt16) -> String {
    if let (process, command) = find(port: port) { return "\(command) (pid \(process))" }
    return "a program that is not shown to this user (to see it: sudo ss -ltnp 'sport = :\(port)')"
  }

  /// The process that listens at a TCP port of any local address. Nil: none, or one of a user whose files are not shown to us.
  package static func find(port: UInt16) -> (processIdentifier: Int32, command: String)? {
    let sockets = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap { SmallFile.text($0) }
      .flatMap { listeners(inTable: $0, port: port) }
    let wanted = Set(sockets.map { "socket:[\($0)]" })
    guard !wanted.isEmpty else { return nil }
    let holder = ProcessTable.all().first { entry in
      let folder = "/proc/\(entry.identifier)/fd"
      return SmallFile.names(in: folder).contains { wanted.contains(SmallFile.target(ofLink: "\(folder)/\($0)") ?? "") }
    }
    return holder.map { ($0.identifier, $0.command) }
  }

  /// The inodes of listening sockets in a table of /proc/net/tcp (proc_net(5)): fields local address, state (0A: listens), inode.
  static func listeners(inTable text: String, port: UInt16) -> [String] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count > 9, fields[3] == "0A", let colon = fields[1].lastIndex(of: ":"),
        UInt16(fields[1][fields[1].index(after: colon)...], radix: 16) == port
      else { return nil }
      return String(fields[9])
    }
  }
}
