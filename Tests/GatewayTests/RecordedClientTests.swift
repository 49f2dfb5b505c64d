import Gateway
import Model
import Synchronization
import TestSupport
import Testing

@Suite("Every record names its client")
struct RecordedClientTests {
  @Test(
    "A request that is refused before the door is asked has one too",
    arguments: [
      "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", "GET /page HTTP/1.1\r\nHost: a\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /page/ HTTP/1.1\r\nHost: a\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
    ])
  func refused(request: String) async throws {
    let records = Mutex<[UInt8]>([])
    try await withTaskExecutorPreference(BlockingExecutor.shared) {
      let gateway = Gateway(workers: 1) { batch in records.withLock { $0 += batch } }
      try gateway.apply(
        GatewayConfiguration(
          listeners: [Listener(kind: .local, address: .tcp(host: "127.0.0.1", port: 0))],
          routes: [Route(service: "page", prefix: "/page/", target: .local)],
          makeDoor: { _, _ in Door(userNames: []) { _, _, _, _, _ in .challenge } }, answers: [:],
          handler: { _ in LocalResponse(type: "text/plain", text: "page") }))
      guard case .tcp(_, let port)? = gateway.listeners.first?.address else { throw WireError.ended("listening") }
      let client = try RawConnection(port: port)
      try client.send(request)
      _ = try client.response(to: "OPTIONS")
      gateway.stop()
      await gateway.drain()
    }
    #expect(latin1(records.withLock { $0 }).contains("\"client\":\"127.0.0.1\""))
  }
}
