import Gateway
import Model
import TestSupport
import Testing

@Suite("A change of the gateway's configuration")
struct ApplyTests {
  @Test("that needs a taken port changes nothing")
  func takenPort() async throws {
    try await RunningGateway.with { running in
      let taken = try RunningGatewayPort()
      let before = running.gateway.listeners
      let broken = running.configuration { configuration in
        configuration.listeners.append(Listener(kind: .tunnel, address: .tcp(host: "127.0.0.1", port: taken.port)))
        configuration.routes = []
        configuration.limits.connections = 1
      }
      let problem = #expect(throws: ListenerProblem.self) { try running.gateway.apply(broken) }
      #expect(problem?.isAddressInUse == true && problem?.listener.kind == .tunnel)
      #expect(running.gateway.listeners == before)
      // Three at once: the limit of one is not in force either.
      let clients = try (0..<3).map { _ in try running.ask() }
      for client in clients { #expect(try client.response().status == 200) }
    }
  }

  @Test(
    "to another host, or another kind of listener, on the same port is no taken port", arguments: [1, 2],
    [("127.0.0.2", ListenerKind.local), ("0.0.0.0", .local), ("127.0.0.1", .tunnel)])
  func samePort(workers: Int, changed: (host: String, kind: ListenerKind)) async throws {
    try await RunningGateway.with(workers: workers) { running in
      let port = try WireSocket.freePort()
      func use(_ host: String, _ kind: ListenerKind) throws {
        try running.gateway.apply(
          running.configuration { $0.listeners = [Listener(kind: kind, address: .tcp(host: host, port: port))] })
      }
      try use("127.0.0.1", .local)
      let kept = try running.ask()
      #expect(try kept.response().status == 200)
      try use(changed.host, changed.kind)
      #expect(running.gateway.listeners == [Listener(kind: changed.kind, address: .tcp(host: changed.host, port: port))])
      try kept.send(get())
      #expect(try kept.response().status == 200)
      try use("127.0.0.1", .local)
      try expectService(running)
    }
  }

  /// In the moment of the swap the kernel may still give a connection to the listener that goes, which is reset then.
  private func expectService(_ running: RunningGateway) throws {
    for _ in 0..<100 {
      if let client = try? running.ask(), let response = try? client.response() { return #expect(response.status == 200) }
    }
    #expect(try running.ask().response().status == 200)
  }

  @Test("under load cuts none of 50 running streams, closes what is gone and opens what is new", arguments: [1, 2])
  func streams(workers: Int) async throws {
    let gate = Gate("the change")
    try await RunningGateway.with(
      workers: workers,
      script: { exchange in
        guard exchange.request.target == "/stream" else { return try exchange.answer() }
        try exchange.beginChunked()
        try exchange.chunk("before ")
        try gate.wait()
        try exchange.chunk("after")
        try exchange.endChunks()
      }
    ) { running in
      let oldPort = running.port
      let clients = try (0..<50).map { _ in try running.ask("/stream") }
      for client in clients {
        _ = try client.responseHead()
        #expect(latin1(try client.bodyBytes(7)) == "before ")
      }
      let newPort = try WireSocket.freePort()
      try running.gateway.apply(
        running.configuration { configuration in
          configuration.listeners = [Listener(kind: .local, address: .tcp(host: "127.0.0.1", port: newPort))]
          configuration.routes = [Route(service: "page", prefix: "/", target: .local)]
        })
      #expect(running.port == newPort)
      #expect(try running.ask("/stream").response().text == "page")
      try await wait(for: "the old port to be closed") { (try? RawConnection(port: oldPort)) == nil }
      gate.open()
      for client in clients { #expect(latin1(try client.restOfBody()) == "after") }
    }
  }

  @Test("keeps a listener that stays, its connections and its port")
  func sameListener() async throws {
    try await RunningGateway.with { running in
      let port = running.port
      let client = try running.ask("/one")
      #expect(try client.response().text == "ok")
      try running.gateway.apply(running.configuration { $0.routes = [Route(service: "page", target: .local)] })
      #expect(running.port == port)
      // The same connection, the new routes.
      try client.send(get("/two"))
      #expect(try client.response().text == "page")
      #expect(running.upstream.requests.map(\.target) == ["/one"])
    }
  }

  @Test("that limits connections answers those beyond with 503, until one leaves")
  func limit() async throws {
    try await RunningGateway.with({ $0.limits.connections = 2 }) { running in
      let first = try running.ask()
      let second = try running.ask()
      #expect(try first.response().status == 200)
      #expect(try second.response().status == 200)
      let third = try running.connect()
      #expect(try third.response().status == 503)
      #expect(try third.rest().bytes.isEmpty)
      first.socket.close()
      third.socket.close()
      try await wait(for: "a place") { (try? running.ask().response().status) == 200 }
      try second.send(get())
      #expect(try second.response().status == 200)
    }
  }

  @Test("that limits connections of one address counts them over all loops", arguments: [1, 2])
  func addressLimit(workers: Int) async throws {
    try await RunningGateway.with(workers: workers, { $0.limits.connectionsPerAddress = 3 }) { running in
      let clients = try (0..<3).map { _ in try running.ask() }
      for client in clients { #expect(try client.response().status == 200) }
      #expect(try running.connect().response().status == 503)
      clients[0].socket.close()
      try await wait(for: "a place") { (try? running.ask().response().status) == 200 }
    }
  }
}

/// Somebody else's listener.
private final class RunningGatewayPort {
  let port: UInt16
  private let server: ScriptedUpstream

  init() throws {
    server = try ScriptedUpstream()
    server.start()
    port = server.port
  }

  deinit { server.stop() }
}

@Suite("A drain")
struct DrainTests {
  @Test("lets running streams end, lets nobody in, and is over when they are")
  func streams() async throws {
    let gate = Gate("the drain")
    try await RunningGateway.with(script: { exchange in
      try exchange.beginChunked()
      try exchange.chunk("a")
      try gate.wait()
      try exchange.endChunks()
    }) { running in
      let client = try running.ask()
      _ = try client.responseHead()
      _ = try client.bodyBytes(1)
      let idle = try running.connect()
      async let drained: Void = running.gateway.drain()
      try await wait(for: "nobody to be let in") { (try? running.connect()) == nil }
      #expect(try idle.rest().bytes.isEmpty)
      gate.open()
      #expect(try client.restOfBody().isEmpty)
      #expect(try client.rest().bytes.isEmpty)
      await drained
    }
  }

  @Test("does not wait for ever for a stream that does not end, and the client sees that it broke off")
  func bounded() async throws {
    try await RunningGateway.with(
      { $0.timeouts.drain = 300 },
      script: { exchange in
        try exchange.beginChunked()
        try exchange.chunk("a")
        try exchange.peerEnd()
      }
    ) { running in
      let client = try running.ask()
      _ = try client.responseHead()
      _ = try client.bodyBytes(1)
      await running.gateway.drain()
      #expect(throws: WireError.self) { try client.restOfBody() }
      #expect(try running.records(1).count == 1)
    }
  }

  @Test("before anything was started is over at once")
  func nothing() async {
    await Gateway(workers: 2) { _ in }.drain()
  }
}
