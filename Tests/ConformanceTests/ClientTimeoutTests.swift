import TestSupport
import Testing

@Suite("Clients have their time, and no more", .conformance)
struct ClientTimeoutTests {
  @Test(
    "A head that is not finished in time gets 408 or a close (RFC 9110, 15.5.9)",
    arguments: ["G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: {open}\r\nX: "])
  func head(start: String) throws {
    try withSite(.hasty) { site in
      let client = try site.connect()
      try client.send(site.fill(start))
      let rest = try client.rest(.seconds(8))
      #expect(rest.bytes.isEmpty || rest.bytes.holds("HTTP/1.1 408"))
    }
  }

  @Test("A head that comes a byte at a time gets no more time than any other")
  func loris() throws {
    try withSite(.hasty) { site in
      let client = try site.connect()
      try client.send(site.fill("GET / HTTP/1.1\r\nHost: {open}\r\nX: "))
      let deadline = Deadline.seconds(8)
      var isClosed = false
      while !isClosed && !deadline.isPast {
        do {
          try client.send("y")
          _ = try client.rest(.seconds(0.2))
          isClosed = true
        } catch WireError.timedOut { continue } catch { isClosed = true }
      }
      #expect(isClosed)
    }
  }

  @Test("A connection that never asks is closed")
  func mute() throws {
    try withSite(.hasty) { site in
      let client = try site.connect()
      let rest = try client.rest(.seconds(8))
      #expect(rest.bytes.isEmpty || rest.bytes.holds("HTTP/1.1 408"))
    }
  }

  @Test("A kept connection that stays idle is closed without a word (RFC 9112, 9.5)")
  func idle() throws {
    try withSite(.hasty) { site in
      let client = try site.connect()
      try client.send(site.fill(TestSupport.head("GET / HTTP/1.1", "Host: {open}")))
      #expect(try client.response().status == 200)
      let rest = try client.rest(.seconds(8))
      #expect(rest.bytes.isEmpty)
    }
  }

  @Test("A body may take longer than a head, as long as it comes")
  func slowBody() throws {
    try withSite(.hasty) { site in
      let client = try site.connect()
      try client.send(site.fill(TestSupport.head("POST / HTTP/1.1", "Host: {open}", "Content-Length: 6")))
      for _ in 0..<6 {
        try client.send("b")
        // Time itself is what is tried here: six pauses, together longer than the limit of the head.
        expectSilence { _ = try client.anyHead(.seconds(0.6)) }
        if site.upstream.requests.first?.body.count == 5 { break }
      }
      try client.send("b")
      #expect(try client.response(to: "POST").status == 200)
      #expect(site.upstream.requests.first?.text == "bbbbbb")
    }
  }

  @Test("A websocket may be silent for longer than a connection may be idle")
  func silentSocket() throws {
    try withSite(
      .hasty,
      { exchange in
        try exchange.send(UpgradeTests.agreed)
        try exchange.echo()
      }
    ) { site in
      // On a busy machine the handshake itself may come too late for these short limits; the silence is what is tried here.
      let client = try openSocket(site)
      expectSilence { _ = try client.bytes(1, .seconds(4.2)) }
      try client.send("still here")
      #expect(latin1(try client.bytes(10)) == "still here")
    }
  }

  private func openSocket(_ site: Site) throws -> RawConnection {
    for _ in 0..<4 {
      let client = try site.connect()
      try client.send(site.fill(UpgradeTests.handshake))
      if let head = try? client.responseHead(), head.status == 101 { return client }
    }
    let client = try site.connect()
    try client.send(site.fill(UpgradeTests.handshake))
    #expect(try client.responseHead().status == 101)
    return client
  }
}
