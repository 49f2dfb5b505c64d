import TestSupport
import Testing

/// A body that would show any shift or loss.
func patterned(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

@Suite("Bodies arrive whole, however they are framed and cut", .conformance)
struct BodyTests {
  @Test("A chunked request that comes byte by byte arrives whole (RFC 9112, 7.1)")
  func chunkedByteByByte() throws {
    try withSite { site in
      let client = try site.connect()
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Transfer-Encoding: chunked")))
      try client.sendByteByByte(chunked("hello", " ", "world, and more"))
      #expect(try client.response(to: "POST").status == 200)
      #expect(site.upstream.requests.first?.text == "hello world, and more")
    }
  }

  @Test("A chunked request cut in two anywhere arrives whole (RFC 9112, 7.1)")
  func chunkedEverySplit() throws {
    try withSite { site in
      let client = try site.connect()
      let text = site.fill(head("POST / HTTP/1.1", "Host: {open}", "Transfer-Encoding: chunked")) + chunked("hello", "world")
      let bytes = octets(text)
      for cut in 1..<bytes.count {
        try client.send(Array(bytes[..<cut]))
        try client.send(Array(bytes[cut...]))
        #expect(try client.response(to: "POST").status == 200)
      }
      #expect(site.upstream.requests.allSatisfy { $0.text == "helloworld" })
      #expect(site.upstream.requests.count == bytes.count - 1)
    }
  }

  @Test("A chunked response that comes byte by byte arrives whole (RFC 9112, 7.1)")
  func responseByteByByte() throws {
    try withSite({ exchange in
      for byte in octets("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked("hello", "world")) {
        try exchange.send([byte])
      }
    }) { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"))
      #expect(response.text == "helloworld")
    }
  }

  @Test("A chunked response cut in two anywhere arrives whole (RFC 9112, 7.1)")
  func responseEverySplit() throws {
    let bytes = octets("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked("hello", "world"))
    try withSite({ exchange in
      let cut = exchange.number + 1
      try exchange.send(Array(bytes[..<cut]))
      try exchange.send(Array(bytes[cut...]))
    }) { site in
      let client = try site.connect()
      for _ in 1..<bytes.count {
        try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
        #expect(try client.response().text == "helloworld")
      }
    }
  }

  @Test("Four MiB arrive unchanged in each direction", arguments: ["length", "chunked"])
  func large(framing: String) throws {
    let size = 4 << 20
    try withSite({ exchange in
      try exchange.finishReading()
      let body = exchange.request.body
      if framing == "length" {
        try exchange.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n")
        try exchange.send(body)
      } else {
        try exchange.beginChunked()
        for start in stride(from: 0, to: body.count, by: 100_000) {
          try exchange.chunk(latin1(body[start..<min(start + 100_000, body.count)]))
        }
        try exchange.endChunks()
      }
    }) { site in
      let client = try site.connect()
      let body = patterned(size)
      if framing == "length" {
        try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: \(size)")))
        try client.send(body)
      } else {
        try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Transfer-Encoding: chunked")))
        try client.send(chunked(latin1(body[..<1_000_000]), latin1(body[1_000_000...])))
      }
      let response = try client.response(to: "POST")
      #expect(response.status == 200)
      #expect(response.body == body)
    }
  }

  @Test("A POST without a body is not given one, and has its length said", arguments: ["Content-Length: 0", "X-None: 0"])
  func emptyPost(field: String) throws {
    try withSite { site in
      let client = try site.connect()
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", field)))
      #expect(try client.response(to: "POST").status == 200)
      let request = try #require(site.upstream.requests.first)
      #expect(request.isComplete && request.body.isEmpty)
      #expect(request["Transfer-Encoding"] == nil)
      #expect(request["Content-Length"] ?? "0" == "0")
    }
  }

  @Test("A GET with a body keeps it (RFC 9110, 9.3.1)")
  func getWithBody() throws {
    try withSite { site in
      let client = try site.connect()
      try client.send(site.fill(head("GET /1 HTTP/1.1", "Host: {open}", "Content-Length: 4")) + "body")
      #expect(try client.response().status == 200)
      try client.send(site.fill(head("GET /2 HTTP/1.1", "Host: {open}")))
      #expect(try client.response().status == 200)
      #expect(site.upstream.requests.map(\.text) == ["body", ""])
    }
  }

  @Test("HEAD is answered with the length and without the body, and the connection stays (RFC 9110, 9.3.2)")
  func headLength() throws {
    try withSite({ exchange in try exchange.answer(body: "twelve bytes") }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("HEAD / HTTP/1.1", "Host: {open}")))
      #expect(try client.response(to: "HEAD")["Content-Length"] == "12")
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      #expect(try client.response().text == "twelve bytes")
      #expect(site.upstream.requests.map(\.method) == ["HEAD", "GET"])
    }
  }

  @Test("HEAD of a chunked page is answered without a body, and the connection stays (RFC 9112, 6.3)")
  func headChunked() throws {
    try withSite({ exchange in
      if exchange.request.method == "HEAD" { return try exchange.beginChunked() }
      try exchange.answer()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("HEAD / HTTP/1.1", "Host: {open}")))
      #expect(try client.response(to: "HEAD").status == 200)
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      #expect(try client.response().text == "ok")
    }
  }

  @Test(
    "Answers that have no body keep the connection in step (RFC 9112, 6.3)",
    arguments: ["204 No Content\r\n", "304 Not Modified\r\nContent-Length: 20\r\nETag: \"a\"\r\n", "304 Not Modified\r\n"])
  func bodiless(answer: String) throws {
    try withSite({ exchange in
      if exchange.number == 0 { return try exchange.send("HTTP/1.1 " + answer + "\r\n") }
      try exchange.answer()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      let response = try client.response()
      #expect(response.status == Int(answer.prefix(3)))
      #expect(response["Transfer-Encoding"] == nil)
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      #expect(try client.response().text == "ok")
    }
  }

  @Test("Trailers of a request are passed on or dropped, never taken for anything else (RFC 9110, 6.5.1)")
  func requestTrailers() throws {
    try withSite { site in
      let client = try site.connect()
      let body = "5\r\nhello\r\n0\r\nX-Sum: abc\r\nContent-Length: 77\r\nAuthorization: Basic eDp5\r\n\r\n"
      try client.send(site.fill(head("POST /1 HTTP/1.1", "Host: {open}", "Transfer-Encoding: chunked", "Trailer: X-Sum")) + body)
      let first = try client.response(to: "POST")
      // A gateway may refuse a trailer that has no business there.
      guard first.status == 200 else {
        #expect(first.status == 400)
        return
      }
      try client.send(site.fill(head("GET /2 HTTP/1.1", "Host: {open}")))
      #expect(try client.response().status == 200)
      let requests = site.upstream.requests
      #expect(requests.map(\.text) == ["hello", ""])
      let request = try #require(requests.first)
      #expect(request["Authorization"] == nil && [[], ["5"]].contains(request.values("Content-Length")))
    }
  }

  @Test("Trailers of a response are passed on or dropped, and the connection stays (RFC 9110, 6.5.1)")
  func responseTrailers() throws {
    try withSite({ exchange in
      try exchange.beginChunked("Trailer: X-Sum")
      try exchange.send("5\r\nhello\r\n0\r\nX-Sum: abc\r\n\r\n")
    }) { site in
      let client = try site.connect()
      for _ in 1...2 {
        try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
        let response = try client.response()
        #expect(response.text == "hello")
        #expect(response.trailers.allSatisfy { $0.name.lowercased() == "x-sum" && $0.value == "abc" })
      }
    }
  }

  @Test("Chunk extensions are legal and do not reach the body (RFC 9112, 7.1.1)")
  func chunkExtensions() throws {
    try withSite { site in
      let client = try site.connect()
      let body = "5;name=value\r\nhello\r\n6;a;b=\"c;d\"\r\n world\r\n0;last\r\n\r\n"
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Transfer-Encoding: chunked")) + body)
      #expect(try client.response(to: "POST").status == 200)
      #expect(site.upstream.requests.first?.text == "hello world")
    }
  }

  @Test("A body that ends with its connection arrives whole (RFC 9112, 6.3)", arguments: ["HTTP/1.1", "HTTP/1.0"])
  func untilClose(version: String) throws {
    try withSite({ exchange in
      try exchange.send("\(version) 200 OK\r\nContent-Type: text/plain\r\n\r\nall that ")
      try exchange.send("there is")
      exchange.close()
    }) { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"))
      #expect(response.text == "all that there is")
    }
  }

  @Test("A large download and then an upload over the same connections both arrive")
  func downloadThenUpload() throws {
    try withSite({ exchange in
      try exchange.answer(body: exchange.request.method == "GET" ? String(repeating: "d", count: 1 << 20) : "ok")
    }) { site in
      let client = try site.connect()
      for _ in 1...3 {
        try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
        #expect(try client.response().body.count == 1 << 20)
        try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: 1000000")))
        try client.send([UInt8](repeating: 0x75, count: 1_000_000))
        #expect(try client.response(to: "POST").text == "ok")
      }
      #expect(site.upstream.requests.last?.body.count == 1_000_000)
    }
  }
}
