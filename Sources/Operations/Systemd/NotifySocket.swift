internal import Glibc

/// Tells the service manager how this process is, by the protocol of sd_notify(3): datagrams of `NAME=value` lines to the socket that
/// `NOTIFY_SOCKET` names.
package struct NotifySocket: Sendable {
  /// As the environment has it: a path, or `@name` for the abstract namespace.
  private let path: String

  /// Nil: no service manager waits for anything.
  package init?(environment: (String) -> String? = ownEnvironment) {
    guard let path = environment("NOTIFY_SOCKET"), path.hasPrefix("/") || path.hasPrefix("@"), path.utf8.count > 1 else {
      return nil
    }
    self.path = path
  }

  package enum Message: Sendable, Hashable {
    case ready(status: String)
    /// Settings are loaded anew. `at`: CLOCK_MONOTONIC, microseconds.
    case reloading(at: UInt64)
    case stopping
    case alive
    case status(String)

    /// A status is one line.
    var text: String {
      switch self {
      case .ready(let status): "READY=1\nSTATUS=\(Self.line(status))"
      case .reloading(let time): "RELOADING=1\nMONOTONIC_USEC=\(time)"
      case .stopping: "STOPPING=1\nSTATUS=Finishing what runs"
      case .alive: "WATCHDOG=1"
      case .status(let status): "STATUS=\(Self.line(status))"
      }
    }

    private static func line(_ text: String) -> String { String(text.prefix(200).map { $0.isNewline ? " " : $0 }) }
  }

  /// False: it did not arrive. Nothing depends on that but the manager's patience.
  @discardableResult
  package func send(_ message: Message) -> Bool {
    guard let socket = Descriptor(socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)),
      let (address, length) = address
    else { return false }
    var place = address
    let bytes = Array(message.text.utf8)
    return unsafe withUnsafePointer(to: &place) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe sendto(socket.number, bytes, bytes.count, Int32(MSG_NOSIGNAL), generic, length)
      }
    } == bytes.count
  }

  /// An abstract name starts with a zero byte and ends with its length.
  private var address: (sockaddr_un, socklen_t)? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(path.utf8)
    if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
    guard bytes.count < 108 else { return nil }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let isAbstract = bytes[0] == 0
    return (address, socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1)))
  }
}

/// How often the service manager wants a sign of life.
package struct WatchdogRequest: Sendable, Hashable {
  /// After so long without one it ends the process.
  package var limit: Duration

  /// Nil: it wants none, or one of another process.
  package init?(environment: (String) -> String? = ownEnvironment, process: Int32 = getpid()) {
    guard let text = environment("WATCHDOG_USEC"), let limit = Int64(text), limit > 0 else { return nil }
    if let owner = environment("WATCHDOG_PID"), owner != "\(process)" { return nil }
    self.limit = .microseconds(limit)
  }
}
