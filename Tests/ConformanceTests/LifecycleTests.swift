import TestSupport
import Testing

@Suite("A gateway ends and changes without cutting anybody off", .conformance)
struct LifecycleTests {
  /// A gateway for one test alone, with two upstreams behind it.
  private func withGateway(
    drainTimeout: Int = 4, _ script: @escaping ScriptedUpstream.Script,
    _ body: (Site, ScriptedUpstream, GatewayPlan) throws -> Void
  ) throws {
    let upstreams = [try ScriptedUpstream(), try ScriptedUpstream()]
    var plan = GatewayPlan(services: Lab.services([upstreams[0]]))
    plan.drainTimeout = drainTimeout
    let gateway = try Engine.chosen.start(plan)
    for upstream in upstreams { upstream.start(script) }
    defer {
      gateway.process.remove()
      for upstream in upstreams { upstream.stop() }
    }
    try body(Site(gateway: gateway, upstream: upstreams[0], number: 0), upstreams[1], plan)
  }

  private func waitUntilRefused(_ site: Site) throws {
    let deadline = Deadline.seconds(5)
    while (try? site.connect()) != nil {
      guard !deadline.isPast else { throw WireError.timedOut("new connections to be refused") }
    }
  }

  @Test("SIGTERM refuses new connections, finishes what runs, and ends with 0")
  func drain() throws {
    let finish = Gate("the stream's turn to end")
    try withGateway({ exchange in
      try exchange.beginChunked()
      try exchange.chunk("one")
      try finish.wait()
      try exchange.chunk("two")
      try exchange.endChunks()
    }) { site, _, _ in
      let client = try site.connect()
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      _ = try client.responseHead()
      #expect(latin1(try client.bodyBytes(3)) == "one")
      site.gateway.drain()
      try waitUntilRefused(site)
      finish.open()
      #expect(latin1(try client.restOfBody()) == "two")
      #expect(site.gateway.process.exitStatus(.seconds(6)) == 0)
    }
  }

  @Test("SIGTERM lets an upload finish and be answered")
  func drainUpload() throws {
    try withGateway({ try $0.answer() }) { site, _, _ in
      let client = try site.connect()
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: 10")) + "hello")
      try site.upstream.body(of: 0, 5)
      site.gateway.drain()
      try waitUntilRefused(site)
      try client.send("world")
      #expect(try client.response(to: "POST").status == 200)
      #expect(site.upstream.requests.first?.text == "helloworld")
    }
  }

  @Test("SIGTERM closes idle connections and ends at once")
  func drainIdle() throws {
    try withGateway({ try $0.answer() }) { site, _, _ in
      let client = try site.connect()
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      #expect(try client.response().status == 200)
      site.gateway.drain()
      #expect(try client.rest(.seconds(3)).bytes.isEmpty)
      #expect(site.gateway.process.exitStatus(.seconds(3)) == 0)
    }
  }

  @Test("SIGTERM does not wait for ever for a stream without an end")
  func drainBounded() throws {
    try withGateway({ exchange in
      exchange.keep()
      try exchange.beginChunked()
      try exchange.chunk("one")
      try exchange.peerEnd(.seconds(30))
    }) { site, _, _ in
      let client = try site.connect()
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      _ = try client.responseHead()
      site.gateway.drain()
      expectBreak { _ = try client.restOfBody(.seconds(9)) }
      #expect(site.gateway.process.exitStatus(.seconds(3)) != nil)
    }
  }

  @Test("A second SIGTERM cuts what the first one waits for")
  func twice() throws {
    try withGateway(
      drainTimeout: 60,
      { exchange in
        exchange.keep()
        try exchange.beginChunked()
        try exchange.chunk("one")
        try exchange.peerEnd(.seconds(30))
      }
    ) { site, _, _ in
      let client = try site.connect()
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      _ = try client.responseHead()
      #expect(latin1(try client.bodyBytes(3)) == "one")
      site.gateway.drain()
      try waitUntilRefused(site)
      #expect(site.gateway.process.exitStatus(.seconds(0.3)) == nil)
      site.gateway.drain()
      expectBreak { _ = try client.restOfBody(.seconds(9)) }
      #expect(site.gateway.process.exitStatus(.seconds(9)) == 0)
    }
  }

  @Test("A reload keeps a stream, a websocket and a kept connection, and serves the new routes")
  func reload() throws {
    let finish = Gate("the stream's turn to end")
    try withGateway({ exchange in
      if exchange.request.target == "/socket" {
        try exchange.send(UpgradeTests.agreed)
        return try exchange.echo()
      }
      guard exchange.request.target == "/stream" else { return try exchange.answer() }
      try exchange.beginChunked()
      try exchange.chunk("one")
      try finish.wait(.seconds(20))
      try exchange.chunk("two")
      try exchange.endChunks()
    }) { site, other, plan in
      let (stream, socket, kept) = (try site.connect(), try site.connect(), try site.connect())
      try stream.send(site.fill(head("GET /stream HTTP/1.1", "Host: {open}")))
      _ = try stream.responseHead()
      #expect(latin1(try stream.bodyBytes(3)) == "one")
      try socket.send(site.fill(UpgradeTests.handshake))
      #expect(try socket.responseHead().status == 101)
      try kept.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      #expect(try kept.response().status == 200)

      var changed = plan
      changed.services.append(GatewayPlan.Service(name: "added", port: other.port, at: "added.localhost", asks: false))
      try site.gateway.reload(changed)

      let added = try site.exchange(head("GET /new HTTP/1.1", "Host: added.localhost"))
      #expect(added.status == 200)
      #expect(other.requests.map(\.target) == ["/new"])
      try socket.send("still here")
      #expect(latin1(try socket.bytes(10)) == "still here")
      finish.open()
      #expect(latin1(try stream.restOfBody()) == "two")
    }
  }

  @Test("A reload takes a route away, and what it leaves goes on")
  func reloadRemoves() throws {
    try withGateway({ try $0.answer() }) { site, _, plan in
      var changed = plan
      changed.services.removeAll { $0.name == "open0" }
      try site.gateway.reload(changed)
      let gone = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"))
      let left = try site.exchange(head("GET / HTTP/1.1", "Host: {host}", Site.credentials))
      #expect([401, 404, 421].contains(gone.status))
      #expect(left.status == 200)
      #expect(site.upstream.requests.count == 1)
    }
  }

  @Test("Ten reloads under load lose no request")
  func reloadUnderLoad() throws {
    try withGateway({ try $0.answer() }) { site, other, plan in
      let (stop, failures, done) = (Monitor(false), Monitor([String]()), Monitor(0))
      for _ in 0..<4 {
        startThread {
          while !stop.value {
            do {
              let response = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"))
              if response.status != 200 { failures.change { $0.append("\(response.status)") } }
            } catch { failures.change { $0.append("\(error)") } }
          }
          done.change { $0 += 1 }
        }
      }
      defer { stop.change { $0 = true } }
      for number in 0..<10 {
        var changed = plan
        changed.services.append(
          GatewayPlan.Service(name: "added\(number)", port: other.port, at: "added\(number).localhost", asks: false))
        try site.gateway.reload(changed)
      }
      stop.change { $0 = true }
      _ = done.wait(.patient) { $0 == 4 ? true : nil }
      #expect(failures.value.isEmpty)
    }
  }
}
