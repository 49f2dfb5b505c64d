import TestSupport
import Testing

@Suite("No answer has two meanings", .conformance)
struct ResponseSmugglingTests {
  @Test("What is no answer becomes a 502, and the next request gets its own answer", arguments: ResponseSmuggling.bad)
  func bad(answer: Case<String>) throws {
    try withSite({ exchange in
      guard exchange.request.target == "/bad" else { return try exchange.answer(body: "good") }
      try exchange.finishReading()
      try exchange.send(answer.value)
      exchange.close()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("POST /bad HTTP/1.1", "Host: {open}", "Content-Length: 0")))
      #expect(try client.response(to: "POST").status == 502)
      let response = try site.exchange(head("GET /good HTTP/1.1", "Host: {open}"))
      #expect(response.text == "good")
    }
  }

  @Test("A body that breaks off never looks whole to the client", arguments: ResponseSmuggling.broken)
  func broken(answer: Case<String>) throws {
    try withSite({ exchange in
      try exchange.send(answer.value)
      exchange.close()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("POST /bad HTTP/1.1", "Host: {open}", "Content-Length: 0")))
      expectBreak {
        let response = try client.response(to: "POST", .seconds(5))
        if response.status == 502 { throw WireError.ended("a refusal, which is as good") }
      }
    }
  }

  @Test(
    "A reset in the middle of a body never looks like its end (RFC 9112, 8)", arguments: ["length", "chunked", "until close"])
  func reset(framing: String) throws {
    let seen = Gate("the client to see the beginning")
    let field = ["length": "Content-Length: 100\r\n", "chunked": "Transfer-Encoding: chunked\r\n", "until close": ""][framing]!
    try withSite({ exchange in
      try exchange.send("HTTP/1.1 200 OK\r\n\(field)\r\n" + (framing == "chunked" ? "5\r\nhello\r\n" : "hello"))
      try seen.wait(.seconds(5))
      exchange.reset()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: 0")))
      _ = try client.responseHead(to: "POST")
      #expect(latin1(try client.bodyBytes(5)) == "hello")
      seen.open()
      expectBreak { _ = try client.restOfBody(.seconds(5)) }
    }
  }

  @Test("Bytes beyond an answer are never the answer to the next request", arguments: ResponseSmuggling.excessive)
  func excessive(answer: Case<String>) throws {
    try withSite({ exchange in
      guard exchange.request.target == "/bad" else { return try exchange.answer(body: "good") }
      try exchange.send(answer.value)
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("GET /bad HTTP/1.1", "Host: {open}")))
      let first = try client.response()
      #expect([200, 204, 304, 502].contains(first.status))
      #expect(!first.body.holds("poison") && !first.body.holds("more"))
      for _ in 1...3 {
        let next = try site.exchange(head("GET /good HTTP/1.1", "Host: {open}"))
        #expect(next.text == "good")
      }
    }
  }

  @Test("A body after the answer to HEAD is never the answer to the next request (RFC 9110, 9.3.2)")
  func headWithBody() throws {
    try withSite({ exchange in
      guard exchange.request.method == "HEAD" else { return try exchange.answer(body: "good") }
      try exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 46\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned")
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("HEAD / HTTP/1.1", "Host: {open}")))
      #expect(try client.response(to: "HEAD").status == 200)
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      #expect(try client.response().text == "good")
    }
  }

  @Test(
    "A body that comes later, after an answer that has none, is never the answer to the next request (RFC 9112, 6.3)",
    arguments: [
      ("HEAD", "200 OK\r\nContent-Length: 46"), ("HEAD", "200 OK\r\nTransfer-Encoding: chunked"), ("HEAD", "200 OK"),
      ("GET", "304 Not Modified\r\nContent-Length: 46"), ("GET", "304 Not Modified"), ("GET", "204 No Content"),
    ])
  func laterBody(method: String, answer: String) throws {
    let asked = Gate("the next request to be sent")
    try withSite({ exchange in
      guard exchange.request.target == "/first" else { return try exchange.answer(body: "good") }
      try exchange.send("HTTP/1.1 \(answer)\r\n\r\n")
      try asked.wait()
      try? exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned")
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("\(method) /first HTTP/1.1", "Host: {open}")))
      _ = try client.response(to: method)
      try client.send(site.fill(head("GET /second HTTP/1.1", "Host: {open}")))
      asked.open()
      #expect(try client.response().text == "good")
      try client.send(site.fill(head("GET /third HTTP/1.1", "Host: {open}")))
      #expect(try client.response().text == "good")
    }
  }

  @Test("An answer that comes before its request is nobody's (RFC 9112, 9.2)")
  func unasked() throws {
    let answered = Gate("the first answer to be read")
    let poisoned = Gate("the unasked answer to be sent")
    try withSite({ exchange in
      guard exchange.request.target == "/first" else { return try exchange.answer(body: "good") }
      try exchange.answer()
      try answered.wait()
      try exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned")
      poisoned.open()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("GET /first HTTP/1.1", "Host: {open}")))
      #expect(try client.response().text == "ok")
      answered.open()
      try poisoned.wait()
      try client.send(site.fill(head("GET /second HTTP/1.1", "Host: {open}")))
      #expect(try client.response().text == "good")
    }
  }
}
