import TestSupport
import Testing

@Suite("Interim answers and expectations", .conformance)
struct InterimTests {
  private let expecting = head("POST / HTTP/1.1", "Host: {open}", "Content-Length: 5", "Expect: 100-continue")

  @Test("A client that waits for 100 gets it, and then its answer (RFC 9110, 10.1.1)")
  func agreed() throws {
    try withSite({ exchange in
      try exchange.send("HTTP/1.1 100 Continue\r\n\r\n")
      try exchange.answer()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(expecting))
      #expect(try client.anyHead(.seconds(5)).status == 100)
      try client.send("hello")
      let response = try client.response(to: "POST")
      #expect(response.status == 200)
      #expect(site.upstream.requests.first?.text == "hello")
    }
  }

  @Test("A refused expectation reaches the client as the final answer (RFC 9110, 10.1.1)", arguments: [417, 401, 413])
  func refused(status: Int) throws {
    try withSite({ exchange in
      try exchange.send("HTTP/1.1 \(status) No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
      try? exchange.finishReading()
      exchange.close()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(expecting))
      let first = try client.anyHead(.seconds(5))
      if first.status == 100 {
        // The gateway's own consent; the upstream's word still counts.
        try client.send("hello")
        #expect(try client.response(to: "POST").status == status)
      } else {
        #expect(first.status == status)
      }
    }
  }

  @Test("A client that does not wait for 100 is served all the same (RFC 9110, 10.1.1)")
  func impatient() throws {
    try withSite { site in
      let client = try site.connect()
      for _ in 1...2 {
        try client.send(site.fill(expecting) + "hello")
        #expect(try client.response(to: "POST").status == 200)
      }
      #expect(site.upstream.requests.map(\.text) == ["hello", "hello"])
    }
  }

  @Test("A client of HTTP/1.0 gets no interim answer (RFC 9110, 15.2)", arguments: [100, 103])
  func oldClient(status: Int) throws {
    try withSite({ exchange in
      try exchange.send("HTTP/1.1 \(status) Interim\r\n\r\n")
      try exchange.answer()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("POST / HTTP/1.0", "Host: {open}", "Content-Length: 5", "Expect: 100-continue")) + "hello")
      #expect(try client.anyHead().status == 200)
    }
  }

  @Test("Interim answers are passed on before the final one (RFC 9110, 15.2)")
  func hints() throws {
    let seen = Gate("the client to see the hint")
    try withSite({ exchange in
      try exchange.send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
      try seen.wait(.seconds(5))
      try exchange.answer()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      #expect(try client.anyHead(.seconds(4)).status == 102)
      let hint = try client.anyHead(.seconds(4))
      #expect(hint.status == 103)
      #expect(hint["Link"] == "</a.css>; rel=preload")
      seen.open()
      #expect(try client.response().status == 200)
    }
  }

  @Test("An interim answer in the same bytes as the final one is no trouble (RFC 9110, 15.2)")
  func glued() throws {
    try withSite({ exchange in
      try exchange.send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }) { site in
      let client = try site.connect()
      for _ in 1...2 {
        try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
        #expect(try client.response().text == "ok")
      }
    }
  }

  @Test("Interim answers without end are not followed for ever")
  func endlessInterim() throws {
    try withSite({ exchange in
      for _ in 0..<20_000 {
        try exchange.send("HTTP/1.1 103 Early Hints\r\nX: " + String(repeating: "y", count: 1000) + "\r\n\r\n")
      }
      exchange.close()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      let status = try? client.response(to: "GET", .seconds(10)).status
      #expect(status == 502 || status == nil)
    }
  }
}
