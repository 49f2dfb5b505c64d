import Gateway
import Model
import TestSupport
import Testing

/// One way for a request to end.
struct Exit: Sendable, CustomTestStringConvertible {
  var what: String
  var status: Int
  /// What the record says was asked.
  var request = "GET /x"
  var change: @Sendable (inout GatewayConfiguration) -> Void = { _ in }
  var script: ScriptedUpstream.Script = { try $0.answer() }
  var act: @Sendable (RawConnection) throws -> Void

  var testDescription: String { what }

  private static let answered: @Sendable (RawConnection) throws -> Void = { client in
    try client.send(get("/x"))
    _ = try client.response()
  }

  /// Sends, waits for the first byte of an answer where there will be one, and lets the connection come to its end.
  private static func sent(_ text: String) -> @Sendable (RawConnection) throws -> Void {
    return { client in
      try client.send(text)
      _ = try client.rest()
    }
  }

  /// Says that it got the request, and then nothing.
  private static let hinting: ScriptedUpstream.Script = { exchange in
    try exchange.send("HTTP/1.1 103 Early Hints\r\n\r\n")
    try exchange.peerEnd()
  }

  static let all: [Exit] = [
    Exit(what: "a whole answer", status: 200, act: answered),
    Exit(what: "an answer to HEAD", status: 200, request: "HEAD /x") { client in
      try client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try client.response(to: "HEAD")
    },
    Exit(
      what: "an answer until the service closes", status: 200,
      script: { exchange in
        try exchange.send("HTTP/1.1 200 OK\r\n\r\nbody")
        exchange.close()
      }, act: sent(get("/x"))),
    Exit(what: "a head that is none", status: 400, request: "-", act: sent("GET /x\r\n\r\n")),
    Exit(
      what: "a head that is too long", status: 431, request: "-", change: { $0.limits.head = 2048 },
      act: sent("GET /x HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 3000))")),
    Exit(
      what: "a head that does not end in time", status: 408, request: "-", change: { $0.timeouts.head = 100 },
      act: sent("GET /x HT")),
    Exit(
      what: "two credentials", status: 400, act: sent(get("/x", "Authorization: a\r\nAuthorization: b\r\nConnection: close\r\n"))),
    Exit(what: "no route", status: 404, change: { $0.routes = [] }, act: answered),
    Exit(
      what: "a slash missing", status: 308, change: { $0.routes = [Route(service: "s", prefix: "/x/", target: .local)] },
      act: answered),
    Exit(
      what: "a challenge", status: 401, change: { $0.makeDoor = { _, _ in Door(userNames: []) { _, _, _, _, _ in .challenge } } },
      act: answered),
    Exit(
      what: "a refusal", status: 403, change: { $0.makeDoor = { _, _ in Door(userNames: []) { _, _, _, _, _ in .refuse } } },
      act: answered),
    Exit(
      what: "too many tries", status: 429,
      change: { $0.makeDoor = { _, _ in Door(userNames: []) { _, _, _, _, _ in .wait(seconds: 5) } } }, act: answered),
    Exit(
      what: "a body beyond the limit", status: 413, request: "POST /x", change: { $0.limits.body = 10 },
      act: sent("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n")),
    Exit(
      what: "chunks beyond the limit", status: 413, request: "POST /x", change: { $0.limits.body = 10 },
      script: { try $0.peerEnd() },
      act: sent("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n")),
    Exit(
      what: "broken chunks", status: 400, request: "POST /x", script: { try $0.peerEnd() },
      act: sent("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n")),
    Exit(
      what: "a body that does not come", status: 408, request: "POST /x", change: { $0.timeouts.idle = 100 },
      script: { try $0.peerEnd() },
      act: sent("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")),
    Exit(what: "a client that leaves within its body", status: 499, request: "POST /x", script: { try $0.peerEnd() }) { client in
      try client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
      client.socket.endSending()
      _ = try client.rest()
    },
    Exit(what: "a client that resets before its answer", status: 499, script: hinting) { client in
      try client.send(get("/x"))
      _ = try client.anyHead()
      client.socket.reset()
    },
    Exit(what: "a client that closes before its answer", status: 499, script: hinting) { client in
      try client.send(get("/x"))
      _ = try client.anyHead()
      client.socket.close()
    },
    Exit(
      what: "a client that resets within its answer", status: 200,
      script: { exchange in
        try exchange.beginChunked()
        try exchange.chunk("a")
        try exchange.peerEnd()
      }
    ) { client in
      try client.send(get("/x"))
      _ = try client.responseHead()
      client.socket.reset()
    },
    Exit(what: "a service that closes before its answer", status: 502, script: { $0.close() }, act: answered),
    Exit(what: "a service that resets before its answer", status: 502, script: { $0.reset() }, act: answered),
    Exit(
      what: "a service that sends no HTTP", status: 502,
      script: { exchange in
        try exchange.send("nonsense\r\n\r\n")
        try exchange.peerEnd()
      }, act: answered),
    Exit(
      what: "an upgrade that nobody asked for", status: 502,
      script: { exchange in
        try exchange.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        try exchange.peerEnd()
      }, act: answered),
    Exit(
      what: "a service that breaks off its answer", status: 200,
      script: { exchange in
        try exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
        exchange.close()
      }, act: sent(get("/x"))),
    Exit(
      what: "a service that breaks its chunks", status: 200,
      script: { exchange in
        try exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
        try exchange.peerEnd()
      }, act: sent(get("/x"))),
    Exit(
      what: "a service that does not answer in time", status: 504, change: { $0.timeouts.upstream = 100 },
      script: { try $0.peerEnd() },
      act: answered),
    Exit(
      what: "a service that stops in its answer", status: 200, change: { $0.timeouts.streamIdle = 100 },
      script: { exchange in
        try exchange.beginChunked()
        try exchange.chunk("a")
        try exchange.peerEnd()
      }, act: sent(get("/x"))),
    Exit(
      what: "a websocket", status: 101,
      script: { exchange in
        try exchange.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        try exchange.echo()
      }
    ) { client in
      try client.send(get("/x", "Connection: Upgrade\r\nUpgrade: websocket\r\n"))
      _ = try client.responseHead()
      try client.send("echo")
      _ = try client.bytes(4)
      client.socket.close()
    },
    Exit(what: "a page of our own", status: 200, change: { $0.routes = [Route(service: "page", target: .local)] }, act: answered),
    Exit(
      what: "a service that is not there", status: 502,
      change: { configuration in
        configuration.routes = [Route(service: "s", target: .upstream(.unix(path: "/tmp/leanto-no-such-socket")))]
      }, act: answered),
  ]
}

@Suite("Every end of a request")
struct ExitRecordTests {
  @Test("is recorded once, with its status", arguments: Exit.all)
  func once(exit: Exit) async throws {
    let seen = Monitor<RunningGateway?>(nil)
    try await RunningGateway.with(exit.change, script: exit.script) { running in
      seen.change { $0 = running }
      let client = try running.connect()
      try exit.act(client)
      let record = try running.records(1)[0]
      #expect(record.contains("\"status\":\(exit.status),") && record.contains("\"request\":\"\(exit.request)\""), "\(record)")
    }
    // The gateway has ended and written everything.
    #expect(seen.value?.recorded.count == 1)
  }
}
