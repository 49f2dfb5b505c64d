import TestSupport
import Testing

@Suite("No request has two meanings", .conformance)
struct RequestSmugglingTests {
  @Test(
    "A doubtful request gets one refusal and a close, and the upstream sees nothing that follows",
    arguments: RequestSmuggling.refused)
  func refused(request: Case<String>) throws {
    try withSite { site in
      let client = try site.connect()
      try client.send(site.fill(request.value))
      let response = try client.response(to: "GET", .seconds(5))
      #expect((400..<500).contains(response.status) || [501, 505].contains(response.status))
      let rest = try client.rest(.seconds(5))
      #expect(rest.bytes.isEmpty, "a second answer: \(latin1(rest.bytes.prefix(200)))")
      try site.settle()
      #expect(site.upstream.requests.filter(\.isComplete).map(\.target) == ["/settled"])
      #expect(!site.upstream.receivedBytes.holds("smuggled"))
    }
  }

  @Test(
    "Odd but unambiguous requests are refused or are one request at the upstream", arguments: RequestSmuggling.refusedOrPassed)
  func refusedOrPassed(request: Case<String>) throws {
    try withSite { site in
      let client = try site.connect()
      try client.send(site.fill(request.value) + site.fill(head("GET /after HTTP/1.1", "Host: {open}", "Connection: close")))
      let response = try client.response(to: "POST", .seconds(5))
      if response.status == 200 {
        #expect(try client.response(to: "GET", .seconds(5)).status == 200)
        let requests = site.upstream.requests
        #expect(requests.map(\.target) == ["/", "/after"])
        #expect(requests.first?.text == "hello")
      } else {
        #expect((400..<500).contains(response.status) || [501, 505].contains(response.status))
        #expect(try client.rest(.seconds(5)).bytes.isEmpty)
        #expect(site.upstream.requests.allSatisfy { !$0.isComplete })
      }
    }
  }

  @Test("Bytes after a whole request are a request of their own, and refused as one (RFC 9112, 9.3)")
  func trailingGarbage() throws {
    try withSite { site in
      let client = try site.connect()
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: 5")) + "hello, and more\r\n\r\n")
      #expect(try client.response(to: "POST").status == 200)
      #expect(try client.response().status == 400)
      #expect(try client.rest(.seconds(5)).bytes.isEmpty)
      #expect(site.upstream.requests.map(\.text) == ["hello"])
    }
  }

  @Test("A request that ends too early is never completed for the upstream (RFC 9112, 8)", arguments: ["length", "chunked"])
  func cutShort(framing: String) throws {
    try withSite { site in
      let client = try site.connect()
      if framing == "length" {
        try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: 10")) + "hello")
      } else {
        try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Transfer-Encoding: chunked")) + "5\r\nhello\r\n")
      }
      try site.upstream.body(of: 0, 5)
      client.socket.close()
      try site.upstream.allEnded(.seconds(5))
      #expect(site.upstream.requests.allSatisfy { !$0.isComplete })
    }
  }

  @Test("A request that the door refuses leaves nothing of its body behind as a request (RFC 9112, 9.3)")
  func unauthorizedBody() throws {
    try withSite { site in
      let client = try site.connect()
      let inner = site.fill(RequestSmuggling.next)
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {host}", "Content-Length: \(inner.unicodeScalars.count)")) + inner)
      #expect(try client.response(to: "POST").status == 401)
      client.socket.endSending()
      #expect(try client.rest(.seconds(5)).bytes.isEmpty)
      #expect(site.upstream.requests.isEmpty)
    }
  }
}
