import TestSupport
import Testing

@Suite("Connections are kept, used in order and closed as HTTP/1.1 says", .conformance)
struct KeepAliveTests {
  @Test("Three requests share one connection (RFC 9112, 9.3)")
  func keepAlive() throws {
    try withSite { site in
      let client = try site.connect()
      for number in 1...3 {
        try client.send(site.fill(head("GET /\(number) HTTP/1.1", "Host: {open}")))
        #expect(try client.response().status == 200)
      }
      #expect(site.upstream.requests.map(\.target) == ["/1", "/2", "/3"])
    }
  }

  @Test(
    "Connection: close is answered and then closed (RFC 9112, 9.6)", arguments: ["close", "Close", "x-a, close", "CLOSE , x-b"])
  func close(value: String) throws {
    try withSite { site in
      let client = try site.connect()
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}", "Connection: \(value)")))
      #expect(try client.response().status == 200)
      #expect(try client.rest(.seconds(5)).bytes.isEmpty)
    }
  }

  @Test("An upstream that closes its connection does not close the client's (RFC 9110, 7.6.1)")
  func upstreamCloses() throws {
    try withSite({ exchange in
      try exchange.answer("200 OK", ["Connection: close"])
      exchange.close()
    }) { site in
      let client = try site.connect()
      for _ in 1...3 {
        try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
        let response = try client.response()
        #expect(response.status == 200)
        #expect(response["Connection"]?.lowercased() != "close")
      }
    }
  }

  @Test("A client of HTTP/1.0 is answered and the connection closed (RFC 9112, 9.3)")
  func oldClient() throws {
    try withSite { site in
      let client = try site.connect()
      try client.send(site.fill(head("GET /old HTTP/1.0", "Host: {open}")))
      let response = try client.response()
      #expect(response.status == 200)
      #expect(response.text == "ok")
      #expect(try client.rest(.seconds(5)).bytes.isEmpty)
      #expect(site.upstream.requests.first?.version == "HTTP/1.1")
    }
  }

  @Test("A client of HTTP/1.0 never gets chunks (RFC 9112, 6.1)")
  func oldClientChunks() throws {
    try withSite({ exchange in
      try exchange.beginChunked()
      try exchange.chunk("one")
      try exchange.chunk("two")
      try exchange.endChunks()
    }) { site in
      let response = try site.exchange(head("GET / HTTP/1.0", "Host: {open}"))
      #expect(response["Transfer-Encoding"] == nil)
      #expect(response.text == "onetwo")
    }
  }

  @Test("A client of HTTP/1.0 that asks for keep-alive is not left waiting for an end (RFC 9112, 9.3)")
  func oldKeepAlive() throws {
    try withSite { site in
      let client = try site.connect()
      try client.send(site.fill(head("GET /1 HTTP/1.0", "Host: {open}", "Connection: keep-alive")))
      let response = try client.response()
      #expect(response.text == "ok")
      // Either it says keep-alive and means it, or it closes.
      guard response["Connection"]?.lowercased() == "keep-alive" else {
        #expect(try client.rest(.seconds(5)).bytes.isEmpty)
        return
      }
      try client.send(site.fill(head("GET /2 HTTP/1.0", "Host: {open}")))
      #expect(try client.response().text == "ok")
    }
  }

  @Test("Eight requests in one write are answered in order, the first one slow (RFC 9112, 9.3.2)")
  func pipelining() throws {
    let slow = Gate("the slow answer's turn")
    try withSite({ exchange in
      if exchange.request.target == "/1" { try slow.wait() }
      try exchange.answer(body: exchange.request.target)
    }) { site in
      let client = try site.connect()
      try client.send((1...8).map { site.fill(head("GET /\($0) HTTP/1.1", "Host: {open}")) }.joined())
      try site.upstream.heads(1)
      slow.open()
      let answers = try (1...8).map { _ in try client.response().text }
      #expect(answers == (1...8).map { "/\($0)" })
    }
  }

  @Test("Pipelined requests with bodies keep their own bodies (RFC 9112, 9.3.2)")
  func pipelinedBodies() throws {
    try withSite({ exchange in
      try exchange.finishReading()
      try exchange.answer(body: exchange.request.text)
    }) { site in
      let client = try site.connect()
      let one = site.fill(head("POST /1 HTTP/1.1", "Host: {open}", "Content-Length: 5")) + "first"
      let two = site.fill(head("POST /2 HTTP/1.1", "Host: {open}", "Transfer-Encoding: chunked")) + chunked("sec", "ond")
      let three = site.fill(head("GET /3 HTTP/1.1", "Host: {open}"))
      try client.send(one + two + three)
      #expect(try client.response(to: "POST").text == "first")
      #expect(try client.response(to: "POST").text == "second")
      #expect(try client.response().text == "")
    }
  }

  @Test("Requests that follow a request to be closed are not answered (RFC 9112, 9.6)")
  func afterClose() throws {
    try withSite { site in
      let client = try site.connect()
      let first = site.fill(head("GET /1 HTTP/1.1", "Host: {open}", "Connection: close"))
      try client.send(first + site.fill(head("GET /2 HTTP/1.1", "Host: {open}")))
      #expect(try client.response().text == "ok")
      #expect(try client.rest(.seconds(5)).bytes.isEmpty)
      try site.settle()
      #expect(!site.upstream.receivedBytes.holds("GET /2"))
    }
  }

  @Test("An empty line before a request is passed over (RFC 9112, 2.2)")
  func leadingEmptyLine() throws {
    try withSite { site in
      let client = try site.connect()
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: 2")) + "hi")
      #expect(try client.response(to: "POST").status == 200)
      try client.send("\r\n" + site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      #expect(try client.response().status == 200)
    }
  }

  @Test("A head that comes byte by byte is read (RFC 9112, 2.2)")
  func headByteByByte() throws {
    try withSite { site in
      let client = try site.connect()
      try client.sendByteByByte(site.fill(head("GET /slow?x=1 HTTP/1.1", "Host: {open}", "X-Some: thing")))
      #expect(try client.response().status == 200)
      #expect(site.upstream.requests.first?["X-Some"] == "thing")
    }
  }

  @Test("Many clients at once each get their own answer")
  func manyAtOnce() throws {
    try withSite({ exchange in try exchange.answer(body: exchange.request.target) }) { site in
      let clients = try (0..<40).map { _ in try site.connect() }
      for round in 0..<5 {
        for (number, client) in clients.enumerated() {
          try client.send(site.fill(head("GET /\(round)/\(number) HTTP/1.1", "Host: {open}")))
        }
        for (number, client) in clients.enumerated() { #expect(try client.response().text == "/\(round)/\(number)") }
      }
    }
  }
}
