import Glibc
import Model
import Testing
import Transport

@Suite("A connection that a write finds dead is told to its owner")
struct BrokenConnectionTests {
  /// One connection into a transport, which has not looked at it since, and the client's end.
  private func connected(_ transport: inout Transport, _ socket: ListeningSocket) throws -> (ConnectionID, Int32) {
    transport.listen(socket, number: 1)
    let client = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = socket.port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0)
    transport.wait(milliseconds: 5_000)
    guard case .accepted(let id, _, _, _)? = transport.next() else { throw SystemError(EPROTO) }
    return (id, client)
  }

  private func reset(_ client: Int32) {
    var linger = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    close(client)
  }

  /// The kernel tells a reset once. A write that is told it must pass it on: nothing else would.
  @Test("A reset that a write is told of comes up as an event, whether or not somebody reads", arguments: [false, true])
  func resetFoundByWrite(isPaused: Bool) throws {
    let socket = try ListeningSocket.open(.tcp(host: "127.0.0.1", port: 0), count: 1)[0]
    var transport = try Transport(wakeup: Wakeup())
    defer { transport.stopListening(number: 1) }
    let (id, client) = try connected(&transport, socket)
    if isPaused { transport.pause(id) }
    reset(client)
    // On the loopback interface the reset is there when close returns.
    transport.write(id, [1].span)
    transport.wait(milliseconds: 5_000)
    guard case .failed(let failed)? = transport.next(), failed == id else {
      Issue.record("the owner hears nothing of it")
      return
    }
    transport.close(id)
  }
}
