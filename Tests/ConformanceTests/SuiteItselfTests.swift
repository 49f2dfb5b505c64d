import TestSupport
import Testing

/// The suite's client against the suite's upstream, with nothing between them: what reads strictly here is what judges gateways.
@Suite("The suite's own client and upstream are strict and exact", .conformance)
struct SuiteItselfTests {
  private func direct(_ script: @escaping ScriptedUpstream.Script, _ body: (RawConnection, ScriptedUpstream) throws -> Void)
    throws
  {
    let upstream = try ScriptedUpstream()
    upstream.start(script)
    defer { upstream.stop() }
    try body(RawConnection(port: upstream.port), upstream)
  }

  static let broken: [Case<String>] = [
    Case("LF alone", "", "HTTP/1.1 200 OK\nContent-Length: 0\n\n\r\n\r\n"),
    Case("A bare CR", "", "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n"),
    Case("A space before a colon", "", "HTTP/1.1 200 OK\r\nX : a\r\n\r\n"),
    Case("A folded field", "", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"),
    Case("Two lengths", "", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n"),
    Case("A length with chunked", "", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    Case("A length with a sign", "", "HTTP/1.1 200 OK\r\nContent-Length: +0\r\n\r\n"),
    Case("A status of two digits", "", "HTTP/1.1 20 OK\r\n\r\n"),
    Case("A chunk's size of letters", "", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
    Case("A chunk that is too long", "", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n"),
  ]

  @Test("The client accepts no broken answer", arguments: broken)
  func strict(answer: Case<String>) throws {
    try direct({ exchange in
      try exchange.send(answer.value)
      exchange.close()
    }) { client, _ in
      try client.send(head("GET / HTTP/1.1", "Host: x"))
      do {
        _ = try client.response()
        Issue.record("it was accepted")
      } catch WireError.malformed {}
    }
  }

  @Test("A body that breaks off is an error, and silence is another")
  func endings() throws {
    let go = Gate("the client's patience to end")
    try direct({ exchange in
      try exchange.beginChunked()
      try exchange.chunk("one")
      try go.wait()
      exchange.close()
    }) { client, _ in
      try client.send(head("GET / HTTP/1.1", "Host: x"))
      _ = try client.responseHead()
      #expect(latin1(try client.bodyBytes(3)) == "one")
      expectSilence { _ = try client.bodyBytes(1, .seconds(0.1)) }
      go.open()
      expectBreak { _ = try client.restOfBody() }
    }
  }

  @Test("The upstream records every byte, and tells whole requests from broken ones")
  func records() throws {
    try direct({ try $0.answer() }) { client, upstream in
      let first =
        head("POST /1 HTTP/1.1", "Host: x", "X: \u{e9}", "Transfer-Encoding: chunked") + "2;a=b\r\nhi\r\n0\r\nT: v\r\n\r\n"
      let second = head("POST /2 HTTP/1.1", "Host: x", "Content-Length: 5") + "he"
      try client.send(first + second)
      try upstream.body(of: 1, 2)
      client.socket.close()
      try upstream.allEnded()
      #expect(latin1(upstream.receivedBytes) == first + second)
      #expect(upstream.requests.map(\.isComplete) == [true, false])
      #expect(upstream.requests.map(\.text) == ["hi", "he"])
      #expect(upstream.requests[0].trailers.map(\.value) == ["v"] && upstream.requests[0]["X"] == "\u{e9}")
    }
  }

  @Test("A request that is broken is a problem of the upstream's, and no request")
  func brokenRequest() throws {
    try direct({ try $0.answer() }) { client, upstream in
      try client.send("GET / HTTP/1.1\r\nHost : x\r\n\r\n")
      try upstream.allEnded()
      _ = try client.rest()
      #expect(upstream.requests.isEmpty && upstream.problems.count == 1)
    }
  }

  @Test("A reset is told from an orderly end", arguments: [true, false])
  func reset(isReset: Bool) throws {
    try direct({ exchange in if isReset { exchange.reset() } else { exchange.close() } }) { client, _ in
      try client.send(head("GET / HTTP/1.1", "Host: x"))
      #expect(try client.rest().wasReset == isReset)
    }
  }

  @Test("An upstream that has not started refuses connections")
  func notStarted() throws {
    let upstream = try ScriptedUpstream()
    #expect(throws: WireError.self) { try RawConnection(port: upstream.port) }
  }
}
