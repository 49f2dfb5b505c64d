import TestSupport
import Testing

@Suite("Upgrades to websockets pass, and no others", .conformance)
struct UpgradeTests {
  static let handshake =
    "GET /socket HTTP/1.1\r\nHost: {host}\r\n\(Site.credentials)\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
  static let agreed =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

  @Test("A websocket opens and carries bytes both ways (RFC 6455, 4)", arguments: [Site.Door.local, .tunnel, .internal])
  func opens(door: Site.Door) throws {
    try withSite({ exchange in
      try exchange.send(Self.agreed)
      try exchange.echo()
    }) { site in
      let client = try site.connect(door)
      try client.send(site.fill(Self.handshake))
      let response = try client.responseHead()
      #expect(response.status == 101)
      #expect(response["Upgrade"]?.lowercased() == "websocket")
      #expect(response["Connection"]?.lowercased() == "upgrade")
      #expect(response["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
      for word in ["one", "\r\n\r\n\u{0}\u{ff}", "HTTP/1.1 400 no"] {
        try client.send(word)
        #expect(latin1(try client.bytes(octets(word).count)) == word)
      }
      let request = try #require(site.upstream.requests.first)
      #expect(request["Upgrade"]?.lowercased() == "websocket")
      #expect(request["Connection"]?.lowercased() == "upgrade")
      #expect(request["Sec-WebSocket-Key"] == "dGhlIHNhbXBsZSBub25jZQ==")
    }
  }

  @Test(
    "The words of the handshake may be in any case and company (RFC 9110, 7.8)",
    arguments: [
      "Connection: keep-alive, Upgrade\r\nUpgrade: websocket", "connection: UPGRADE\r\nupgrade: WebSocket",
      "Upgrade: WEBSOCKET\r\nConnection: keep-alive\r\nConnection: upgrade",
    ])
  func spellings(fields: String) throws {
    try withSite({ exchange in
      try exchange.send(Self.agreed)
      try exchange.echo()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill("GET / HTTP/1.1\r\nHost: {open}\r\n\(fields)\r\nSec-WebSocket-Version: 13\r\n\r\n"))
      #expect(try client.responseHead().status == 101)
      try client.send("hi")
      #expect(latin1(try client.bytes(2)) == "hi")
    }
  }

  @Test("Bytes that come glued to the upstream's 101 are not lost")
  func gluedAnswer() throws {
    try withSite({ exchange in
      try exchange.send(Self.agreed + "first words")
      try exchange.echo()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(Self.handshake))
      #expect(try client.responseHead().status == 101)
      #expect(latin1(try client.bytes(11)) == "first words")
    }
  }

  @Test("Bytes that the client sends before it sees the 101 are not lost")
  func gluedRequest() throws {
    try withSite({ exchange in
      try exchange.send(Self.agreed)
      try exchange.echo()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(Self.handshake) + "eager words")
      #expect(try client.responseHead().status == 101)
      #expect(latin1(try client.bytes(11)) == "eager words")
    }
  }

  @Test("Eager bytes behind a refused handshake are not a body (RFC 9112, 6.3)")
  func gluedRefused() throws {
    try withSite({ exchange in try exchange.answer("403 Forbidden", body: "no") }) { site in
      let client = try site.connect()
      try client.send(site.fill(Self.handshake + head("GET /next HTTP/1.1", "Host: {open}")))
      #expect(try client.response().status == 403)
      // Either it is the next request, or the connection is closed.
      let next = try? client.response(to: "GET", .seconds(5)).status
      #expect(next == 403 || next == nil)
      #expect(site.upstream.requests.allSatisfy { $0.body.isEmpty })
    }
  }

  @Test("Large frames arrive unchanged both ways", arguments: [65_536, 65_537, 1 << 20, 5 << 20])
  func large(size: Int) throws {
    try withSite({ exchange in
      try exchange.send(Self.agreed)
      try exchange.echo()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(Self.handshake))
      #expect(try client.responseHead().status == 101)
      let frame = patterned(size)
      let socket = client.socket
      startThread { try? socket.send(frame) }
      #expect(try client.bytes(size) == frame)
    }
  }

  @Test("The client's end reaches the upstream", arguments: DepartureTests.Way.allCases)
  func clientEnds(way: DepartureTests.Way) throws {
    let ended = Gate("the upstream to see the end")
    try withSite({ exchange in
      exchange.keep()
      try exchange.send(Self.agreed)
      try exchange.peerEnd(.seconds(8))
      ended.open()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(Self.handshake))
      #expect(try client.responseHead().status == 101)
      if way == .close { client.socket.close() } else { client.socket.reset() }
      try ended.wait(.seconds(5))
    }
  }

  @Test("A client's end that comes before the 101 reaches the upstream with it, after its eager bytes", arguments: ["", "eager"])
  func endsEarly(eager: String) throws {
    let isEnded = Gate("the gateway to see the client's end")
    try withSite({ exchange in
      try isEnded.wait()
      try exchange.send(Self.agreed)
      try exchange.send(try exchange.peerEnd().bytes)
      exchange.close()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(Self.handshake) + eager)
      client.socket.endSending()
      // Whether the client is still there is asked only of one that ended its side.
      #expect(try client.anyHead().status == 102)
      isEnded.open()
      #expect(try client.responseHead().status == 101)
      #expect(latin1(try client.rest(.seconds(8)).bytes) == eager)
    }
  }

  @Test("The upstream's end reaches the client, after its last bytes", arguments: DepartureTests.Way.allCases)
  func upstreamEnds(way: DepartureTests.Way) throws {
    let ready = Gate("the client to be upgraded")
    try withSite({ exchange in
      try exchange.send(Self.agreed)
      try ready.wait()
      if way == .close {
        try exchange.send("last words")
        exchange.close()
      } else {
        exchange.reset()
      }
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(Self.handshake))
      #expect(try client.responseHead().status == 101)
      ready.open()
      let rest = try client.rest(.seconds(5))
      if way == .close { #expect(latin1(rest.bytes) == "last words") }
    }
  }

  @Test("A refused upgrade is an answer like any other (RFC 9110, 7.8)", arguments: [200, 400, 403, 426])
  func refused(status: Int) throws {
    try withSite({ exchange in try exchange.answer("\(status) Answer", body: "no socket here") }) { site in
      let client = try site.connect()
      for _ in 1...2 {
        try client.send(site.fill(Self.handshake))
        let response = try client.response()
        #expect(response.status == status && response.text == "no socket here")
      }
    }
  }

  @Test("A websocket without credentials is refused, and its upstream hears nothing", arguments: [Site.Door.local, .tunnel])
  func unauthorized(door: Site.Door) throws {
    try withSite { site in
      let request = Self.handshake.split(separator: "\r\n", omittingEmptySubsequences: false).filter {
        !$0.hasPrefix("Authorization")
      }
      let response = try site.exchange(request.joined(separator: "\r\n"), door)
      #expect(response.status == 401)
      #expect(site.upstream.requests.isEmpty)
    }
  }

  @Test("A public path opens no websocket for nobody", arguments: ["/webhook/x", "/hook"])
  func publicPath(path: String) throws {
    try withSite { site in
      let response = try site.exchange(
        head("GET \(path) HTTP/1.1", "Host: {host}", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"))
      #expect(response.status != 101)
      #expect(site.upstream.requests.allSatisfy { $0.values("Upgrade").isEmpty })
    }
  }

  static let others = [
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    "Connection: Upgrade\r\nUpgrade: TLS/1.0",
    "Connection: Upgrade\r\nUpgrade: websocket2", "Upgrade: websocket", "Connection: Upgrade",
    "Connection: Upgrade\r\nUpgrade: h2c, websocket2",
  ]

  @Test("Other upgrades are dropped, and the request goes on without them (RFC 9110, 7.8)", arguments: others)
  func dropped(fields: String) throws {
    try withSite { site in
      let response = try site.exchange("GET / HTTP/1.1\r\nHost: {open}\r\n\(fields)\r\n\r\n")
      #expect(response.status == 200)
      let request = try #require(site.upstream.requests.first)
      #expect(request.values("Upgrade").isEmpty && request.values("HTTP2-Settings").isEmpty)
    }
  }

  @Test("A client of HTTP/1.0 cannot upgrade (RFC 9110, 7.8)")
  func oldClient() throws {
    try withSite { site in
      let response = try site.exchange("GET / HTTP/1.0\r\nHost: {open}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
      #expect(response.status != 101)
      #expect(site.upstream.requests.allSatisfy { $0.values("Upgrade").isEmpty })
    }
  }

  @Test("A 101 that nobody asked for is a 502 (RFC 9110, 15.2.2)")
  func unasked() throws {
    try withSite({ exchange in
      try exchange.send(Self.agreed)
      try exchange.echo()
    }) { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"))
      #expect(response.status == 502)
    }
  }

  @Test("A hundred websockets are open at once, each with its own bytes")
  func many() throws {
    try withSite({ exchange in
      try exchange.send(Self.agreed)
      try exchange.echo()
    }) { site in
      let clients = try (0..<100).map { _ in
        let client = try site.connect()
        try client.send(site.fill(Self.handshake))
        #expect(try client.responseHead().status == 101)
        return client
      }
      for (number, client) in clients.enumerated() { try client.send("number \(number + 100)") }
      for (number, client) in clients.enumerated() { #expect(latin1(try client.bytes(10)) == "number \(number + 100)") }
    }
  }
}
