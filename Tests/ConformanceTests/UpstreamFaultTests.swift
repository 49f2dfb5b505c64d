import TestSupport
import Testing

@Suite("A service's faults are named, bounded in time and never repeated by us", .conformance)
struct UpstreamFaultTests {
  @Test("A service that is not there gives 502, and is found again when it is (RFC 9110, 15.6.3)")
  func down() throws {
    let site = try Lab.shared.site(.standard)
    defer { site.upstream.stop() }
    let down = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"))
    #expect(down.status == 502)
    site.upstream.start()
    let up = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"))
    #expect(up.status == 200)
  }

  @Test("A POST to a service that is not there gives 502, and the connection stays in step")
  func downWithBody() throws {
    let site = try Lab.shared.site(.standard)
    let client = try site.connect()
    try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: 5")) + "hello")
    #expect(try client.response(to: "POST").status == 502)
  }

  @Test("A service whose host does not answer gives 504 after the time to connect (RFC 9110, 15.6.5)")
  func unreachable() throws {
    let site = try Lab.shared.site(.hasty)
    site.upstream.start(backlog: 0, accepts: false)
    defer { site.upstream.stop() }
    // A full queue lets every further connection hang, as a host that drops packets does.
    let fillers = (0..<4).compactMap { _ in try? WireSocket.connect(port: site.upstream.port, .seconds(0.1)) }
    defer { for filler in fillers { filler.close() } }
    var response: WireResponse?
    let taken = try secondsTaken { response = try site.exchange(head("GET / HTTP/1.1", "Host: {open}")) }
    #expect(response?.status == 504)
    #expect(taken < 8)
  }

  @Test("A service that never answers gives 504 after its time (RFC 9110, 15.6.5)", arguments: ["GET", "POST"])
  func silent(method: String) throws {
    try withSite(
      .hasty,
      { exchange in
        exchange.keep()
        try exchange.peerEnd()
      }
    ) { site in
      let client = try site.connect()
      try client.send(site.fill(head("\(method) / HTTP/1.1", "Host: {open}", "Content-Length: 2")) + "hi")
      var response: WireResponse?
      let taken = try secondsTaken { response = try client.response(to: method) }
      #expect(response?.status == 504)
      #expect(taken > 1 && taken < 8)
      #expect(site.upstream.requests.count == 1)
      try site.upstream.allEnded(.seconds(5))
    }
  }

  @Test("A service that stops reading gives 504: it is not the client that was slow (RFC 9110, 15.6.5)")
  func readsNoMore() throws {
    let isOver = Gate("the test's end")
    try withSite(.hasty, { _ in try isOver.wait() }) { site in
      defer { isOver.open() }
      let client = try site.connect()
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: 100000000")))
      let block = [UInt8](repeating: 120, count: 1 << 16)
      expectSilence { while true { try client.socket.send(block, .seconds(1)) } }
      #expect(try client.response(to: "POST").status == 504)
    }
  }

  @Test(
    "A connection on which a 204 announced a body is not used again (RFC 9110, 8.6)",
    arguments: ["Transfer-Encoding: chunked", "Content-Length: 5"])
  func emptyWithBody(framing: String) throws {
    let isClosed = Gate("the gateway to close its connection")
    try withSite({ exchange in
      try exchange.send(head("HTTP/1.1 204 No Content", framing))
      _ = try exchange.peerEnd()
      isClosed.open()
    }) { site in
      #expect(try site.exchange(head("GET / HTTP/1.1", "Host: {open}")).status == 204)
      // Sooner than idle connections to a service are closed anyway.
      try isClosed.wait(.seconds(2))
    }
  }

  @Test("A service that sends half a head and stops gives 504 or 502")
  func halfAHead() throws {
    try withSite(
      .hasty,
      { exchange in
        exchange.keep()
        try exchange.send("HTTP/1.1 200 OK\r\nContent-Le")
        try exchange.peerEnd()
      }
    ) { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"))
      #expect([502, 504].contains(response.status))
    }
  }

  @Test("A service that hangs up without an answer gives 502", arguments: ["close", "reset"])
  func hangsUp(way: String) throws {
    try withSite({ exchange in
      try exchange.finishReading()
      if way == "reset" { exchange.reset() } else { exchange.close() }
    }) { site in
      for method in ["GET", "POST"] {
        let client = try site.connect()
        try client.send(site.fill(head("\(method) / HTTP/1.1", "Host: {open}", "Content-Length: 2")) + "hi")
        #expect(try client.response(to: method).status == 502)
      }
      #expect(site.upstream.requests.count { $0.method == "POST" } == 1)
    }
  }

  /// The first request leaves a pooled connection; the second on it is met with a hang-up.
  private func afterStale(_ method: String, _ way: String) throws -> (status: Int, seen: [RecordedRequest]) {
    var outcome: (Int, [RecordedRequest])?
    try withSite({ exchange in
      let isStale = exchange.request.connection == 0 && exchange.request.target == "/second"
      guard isStale else { return try exchange.answer() }
      if way == "reset" { exchange.reset() } else { exchange.close() }
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("GET /first HTTP/1.1", "Host: {open}")))
      #expect(try client.response().status == 200)
      let body = method == "GET" ? "" : "hi"
      try client.send(site.fill(head("\(method) /second HTTP/1.1", "Host: {open}", "Content-Length: \(body.utf8.count)")) + body)
      outcome = (try client.response(to: method).status, site.upstream.requests)
    }
    return try #require(outcome)
  }

  @Test("A GET that meets a stale connection is tried once more (RFC 9110, 9.2.2)", arguments: ["close", "reset"])
  func staleGet(way: String) throws {
    let (status, seen) = try afterStale("GET", way)
    #expect(status == 200)
    #expect(seen.count { $0.target == "/second" } <= 2)
  }

  @Test("What may have been done is never done twice (RFC 9110, 9.2.2)", arguments: ["POST", "PATCH"], ["close", "reset"])
  func stalePost(method: String, way: String) throws {
    let (status, seen) = try afterStale(method, way)
    let times = seen.count { $0.target == "/second" }
    #expect(times == 1)
    #expect(status == (seen.last?.connection == 0 ? 502 : 200))
  }

  @Test("A GET is not tried for ever")
  func alwaysStale() throws {
    try withSite({ exchange in
      guard exchange.request.target == "/second" else { return try exchange.answer() }
      exchange.close()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("GET /first HTTP/1.1", "Host: {open}") + head("GET /second HTTP/1.1", "Host: {open}")))
      #expect(try client.response().status == 200)
      #expect(try client.response().status == 502)
      #expect(site.upstream.requests.count { $0.target == "/second" } <= 2)
    }
  }

  @Test("A connection that the service ended while it was idle is not used again, not even for a POST")
  func endedWhileIdle() throws {
    let noticed = Gate("the gateway to end its side")
    try withSite({ exchange in
      try exchange.answer()
      guard exchange.request.target == "/first" else { return }
      exchange.socket.endSending()
      exchange.keep()
      try exchange.peerEnd(.seconds(5))
      noticed.open()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("GET /first HTTP/1.1", "Host: {open}")))
      #expect(try client.response().status == 200)
      try noticed.wait(.seconds(6))
      try client.send(site.fill(head("POST /second HTTP/1.1", "Host: {open}", "Content-Length: 2")) + "hi")
      #expect(try client.response(to: "POST").status == 200)
    }
  }

  @Test("A service that closes after each answer serves one request after another")
  func closesEachTime() throws {
    try withSite({ exchange in
      try exchange.answer()
      exchange.close()
    }) { site in
      let client = try site.connect()
      for _ in 1...20 {
        try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
        #expect(try client.response().status == 200)
      }
      #expect(site.upstream.requests.count <= 40)
    }
  }

  @Test("A service that answers and resets before it has read the body is heard")
  func resetsAfterAnswer() throws {
    try withSite({ exchange in
      try exchange.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
      exchange.close()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: 2000000")))
      try? client.send([UInt8](repeating: 0x61, count: 2_000_000))
      let status = try? client.response(to: "POST").status
      #expect(status == 413 || status == 502)
    }
  }
}
