import Gateway
import Model
import TestSupport
import Testing

@Suite("Pages of Leanto's own get the content of a request and answer by the rules")
struct PageFramingTests {
  /// Runs `body` with a connection to a gateway that has only pages, which `handler` answers.
  private func withPages(_ handler: @escaping LocalHandler, _ body: (RawConnection) throws -> Void) async throws {
    try await withTaskExecutorPreference(BlockingExecutor.shared) {
      let gateway = Gateway(workers: 1) { _ in }
      try gateway.apply(
        GatewayConfiguration(
          listeners: [Listener(kind: .local, address: .tcp(host: "127.0.0.1", port: 0))],
          routes: [Route(service: "pages", target: .local)],
          makeDoor: { _, _ in Door(userNames: []) { _, _, _, _, _ in .pass(user: nil, isOurs: false) } }, answers: [:],
          handler: handler))
      guard case .tcp(_, let port)? = gateway.listeners.first?.address else { throw WireError.ended("listening") }
      async let pages: Void = gateway.run()
      let result = Result { try body(try RawConnection(port: port)) }
      gateway.stop()
      await gateway.drain()
      await pages
      try result.get()
    }
  }

  @Test("The chunks of a body come without their framing (RFC 9112, 7.1)", arguments: [[0..<3], [0..<1, 1..<3]])
  func chunkedBody(packets: [Range<Int>]) async throws {
    let parts = [
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nna", "m\r\n5;x=y\r\ne=a%2", "\r\n0\r\nT: t\r\n\r\n",
    ]
    try await withPages({ LocalResponse(status: 200, fields: [], body: .bytes($0.body)) }) { client in
      for packet in packets { try client.send(parts[packet].joined()) }
      #expect(try client.response(to: "POST").text == "name=a%2")
    }
  }

  @Test("304 tells no length, which would be taken for that of the whole (RFC 9110, 15.4.5)")
  func notModified() async throws {
    try await withPages({ _ in LocalResponse(status: 304, fields: [("ETag", "\"a\"")], body: .bytes([])) }) { client in
      for _ in 0..<2 {
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let response = try client.response()
        #expect(response.status == 304)
        #expect(response["Content-Length"] == nil)
      }
    }
  }
}
