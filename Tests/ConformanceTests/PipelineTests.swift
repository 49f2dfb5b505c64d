import TestSupport
import Testing

@Suite("Requests that are sent ahead are answered all, and none of them faster than the client reads", .conformance)
struct PipelineTests {
  /// Answered by the gateway itself, at length.
  private let request = head("GET / HTTP/1.1", "Host: unknown.invalid", "Accept: text/html")

  @Test("A client that asks ahead, ends its side and reads late gets every answer (RFC 9112, 9.3.2)")
  func readsLate() throws {
    try withSite { site in
      let client = try site.connect(receiveBuffer: 4096)
      let count = 3000
      try client.send(String(repeating: request, count: count))
      // All that can be answered without being read has been: the gateway has come to rest.
      try site.settle()
      client.socket.endSending()
      try site.settle()
      for _ in 0..<count { #expect(try client.response().status >= 400) }
      #expect(try client.rest(.seconds(5)).bytes.isEmpty)
    }
  }

  @Test("A client that asks on and on without reading is soon not listened to")
  func neverReads() throws {
    try withSite { site in
      let client = try site.connect(receiveBuffer: 4096)
      let block = octets(String(repeating: request, count: 1000))
      var taken = 0
      expectSilence {
        while taken < 1000 {
          try client.socket.send(block, .seconds(2))
          taken += 1
        }
      }
      // The kernels' buffers hold some megabytes of requests, the gateway a quarter of one.
      #expect(taken * block.count < 12 << 20)
      client.socket.reset()
      try site.settle()
    }
  }

  @Test("Interim answers that the client does not read do not pile up (RFC 9110, 15.2)")
  func interimFlood() throws {
    let held = Gate("the upstream to be held up")
    try withSite({ exchange in
      let block = octets(
        String(repeating: head("HTTP/1.1 103 Early Hints", "X-Pad: " + String(repeating: "p", count: 900)), count: 64))
      do { for _ in 0..<2000 { try exchange.send(block, .seconds(2)) } } catch WireError.timedOut { held.open() }
    }) { site in
      let client = try site.connect(receiveBuffer: 4096)
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      try held.wait(.seconds(20))
    }
  }
}
