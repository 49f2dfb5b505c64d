import Glibc
import Model

/// Ports of this machine, and randomness.
enum LiveMachine {
  static func access() -> MachineAccess {
    MachineAccess(isFree: isFree, ollamaAnswers: { ollamaAnswers() }) {
      var generator = SystemRandomNumberGenerator()
      return ReadablePassword.make(using: &generator)
    }
  }

  /// An address that is no IPv4 literal counts as free: it is looked at when the gateway starts.
  static func isFree(_ address: Address) -> Bool {
    guard case .tcp(let host, let port) = address, var place = socketAddress(host == "localhost" ? "127.0.0.1" : host, port),
      let descriptor = makeSocket()
    else { return true }
    defer { close(descriptor) }
    var reuse: Int32 = 1
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, 4)
    return unsafe withSocketAddress(&place) { unsafe bind(descriptor, $0, $1) } == 0 && listen(descriptor, 1) == 0
  }

  /// Asks `GET /api/version`, which only Ollama answers with a `version`. At most a second.
  private static func ollamaAnswers() -> Bool {
    guard var place = socketAddress("127.0.0.1", 11434), let descriptor = makeSocket() else { return false }
    defer { close(descriptor) }
    var patience = timeval(tv_sec: 1, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      unsafe setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
    }
    guard unsafe withSocketAddress(&place, { unsafe connect(descriptor, $0, $1) }) == 0 else { return false }
    let request = Array("GET /api/version HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".utf8)
    guard unsafe send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { return false }
    let answer = String(decoding: received(descriptor), as: UTF8.self)
    return answer.hasPrefix("HTTP/1.") && answer.contains(" 200 ") && answer.contains("\"version\"")
  }

  private static func received(_ descriptor: Int32) -> [UInt8] {
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 2048)
    while answer.count < 4096 {
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      answer += buffer.prefix(count)
    }
    return answer
  }

  private static func makeSocket() -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    return descriptor >= 0 ? descriptor : nil
  }

  private static func socketAddress(_ host: String, _ port: UInt16) -> sockaddr_in? {
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    return unsafe inet_pton(AF_INET, host, &place.sin_addr) == 1 ? place : nil
  }

  private static func withSocketAddress(_ place: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32)
    -> Int32
  {
    unsafe withUnsafePointer(to: &place) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
