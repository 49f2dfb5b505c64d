import TestSupport
import Testing

/// Each with a gateway of its own: what is measured is that process. One after another: each needs thousands of descriptors.
@Suite(
  "Crowds of clients are bounded, and others are served meanwhile", .conformance, .serialized,
  .enabled(if: Engine.chosen == .builtin, "what is measured is Leanto's own engine"))
struct CrowdTests {
  private func withGateway(_ change: (inout GatewayPlan) -> Void = { _ in }, _ body: (Site) throws -> Void) throws {
    let upstream = try ScriptedUpstream()
    var plan = GatewayPlan(services: Lab.services([upstream]))
    change(&plan)
    let gateway = try Engine.chosen.start(plan)
    upstream.start()
    defer {
      gateway.process.remove()
      upstream.stop()
    }
    try body(Site(gateway: gateway, upstream: upstream, number: 0))
  }

  private func ask(_ site: Site) throws -> Int {
    try site.exchange(head("GET / HTTP/1.1", "Host: {open}", "Connection: close")).status
  }

  @Test("Ten thousand heads that never end take little memory each, and others are served")
  func slowHeads() throws {
    let count = min(10_000, (raisedDescriptorLimit() - 2_000) / 2)
    try withGateway({ $0.headTimeout = 120 }) { site in
      #expect(try ask(site) == 200)
      let before = site.gateway.process.residentBytes
      let clients = try (0..<count).map { number in
        let client = try site.connect()
        try client.send(site.fill("GET /\(number) HTTP/1.1\r\nHost: {open}\r\nX-Slow: "))
        return client
      }
      for round in 0..<3 {
        for client in clients { try client.send("\(round)") }
        #expect(try ask(site) == 200)
      }
      let growth = site.gateway.process.residentBytes - before
      #expect(growth < count * 8 * 1024, "\(growth / count) bytes for each of \(count)")
      withExtendedLifetime(clients) {}
    }
  }

  @Test("Large heads that never end are held up to a bound, refused beyond it, and others are served")
  func largeHeads() throws {
    try withGateway({ $0.headTimeout = 120 }) { site in
      #expect(try ask(site) == 200)
      let before = site.gateway.process.residentBytes
      let piece = site.fill("GET / HTTP/1.1\r\nHost: {open}\r\nX-Large: ") + String(repeating: "x", count: 60_000)
      var clients: [RawConnection] = []
      for _ in 0..<2_000 {
        let client = try site.connect()
        // Whoever is refused may be gone already.
        try? client.send(piece)
        clients.append(client)
      }
      #expect(try ask(site) == 200)
      // 120 MB were sent: two loops hold 16 MiB each, twice while an array grows.
      let growth = site.gateway.process.residentBytes - before
      #expect(growth < 90_000_000, "\(growth) bytes")
      let last = try #require(clients.last)
      #expect(try last.response().status == 503)
      withExtendedLifetime(clients) {}
    }
  }

  @Test("A head that comes byte by byte costs no more than a body that does", arguments: ["one field", "many fields"])
  func byteByByte(kind: String) throws {
    let field =
      kind == "one field"
      ? "X: " + String(repeating: "x", count: 50_000) + "\r\n"
      : (0..<100).map { "X\($0): " + String(repeating: "x", count: 490) + "\r\n" }.joined()
    try withGateway { site in
      func cost(_ first: String, _ slow: String, _ last: String) throws -> Double {
        let client = try site.connect()
        try client.send(site.fill(first))
        let before = site.gateway.process.processorSeconds
        try client.sendByteByByte(slow)
        try client.send(last)
        #expect(try client.response(to: "POST").status == 200)
        return site.gateway.process.processorSeconds - before
      }
      let start = "POST / HTTP/1.1\r\nHost: {open}\r\nContent-Length: "
      let body = try cost(start + "\(field.utf8.count)\r\n\r\n", field, "")
      let head = try cost(start + "0\r\n", field, "\r\n")
      // A body's byte is read and written; a head's is read. Looked at again each time it would be seconds.
      #expect(head < 2 * body + 0.5, "\(head) s for a head, \(body) s for a body")
    }
  }

  @Test("An answer's head that comes byte by byte costs no more than a body that does")
  func answerByteByByte() throws {
    try withGateway { site in
      let slow = String(repeating: "x", count: 50_000)
      func cost(_ script: @escaping ScriptedUpstream.Script) throws -> Double {
        site.upstream.follow(script)
        let before = site.gateway.process.processorSeconds
        #expect(try ask(site) == 200)
        return site.gateway.process.processorSeconds - before
      }
      let body = try cost { exchange in
        try exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n")
        for byte in octets(slow) { try exchange.send([byte]) }
      }
      let head = try cost { exchange in
        try exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ")
        for byte in octets(slow) { try exchange.send([byte]) }
        try exchange.send("\r\n\r\n")
      }
      #expect(head < 2 * body + 0.5, "\(head) s for a head, \(body) s for a body")
    }
  }

  @Test("With few descriptors it takes as many clients as it can serve, tells the others 503, and serves again afterwards")
  func descriptors() throws {
    try withGateway({ $0.descriptors = 400 }) { site in
      var clients: [RawConnection] = []
      for _ in 0..<200 {
        let client = try site.connect()
        try? client.send(site.fill(head("GET /held HTTP/1.1", "Host: {open}")))
        clients.append(client)
      }
      let statuses = clients.compactMap { try? $0.response(to: "GET", .seconds(20)).status }
      // 400 less the reserve are enough for 144; none of these gets a 502 for want of a connection to the service.
      #expect(Set(statuses) == [200, 503])
      #expect(statuses.count { $0 == 200 } >= 100)
      for client in clients { client.socket.close() }
      let deadline = Deadline.patient
      while (try? ask(site)) != 200 { try #require(!deadline.isPast, "nobody is served any more") }
    }
  }

  @Test("A gateway that cannot even have its event loops says so and ends")
  func noDescriptors() throws {
    let upstream = try ScriptedUpstream()
    var plan = GatewayPlan(services: Lab.services([upstream]))
    plan.descriptors = 12
    do {
      let gateway = try Engine.chosen.start(plan)
      gateway.process.remove()
      Issue.record("it started")
    } catch let problem as NotStarted {
      #expect(problem.why.hasPrefix("exit "), "\(problem)")
    }
  }

  @Test("Two hundred streams outlive three reloads and the load beside them, to the last byte")
  func streamsOverReloads() throws {
    let finish = Gate("the streams' turn to end")
    try withGateway { site in
      site.upstream.follow { exchange in
        guard exchange.request.target == "/stream" else { return try exchange.answer() }
        try exchange.beginChunked()
        try exchange.chunk("begun ")
        try finish.wait(.seconds(60))
        try exchange.chunk("ended")
        try exchange.endChunks()
      }
      let streams = try (0..<200).map { _ in
        let client = try site.connect()
        try client.send(site.fill(head("GET /stream HTTP/1.1", "Host: {open}")))
        return client
      }
      for stream in streams {
        _ = try stream.responseHead()
        #expect(latin1(try stream.bodyBytes(6)) == "begun ")
      }
      var plan = GatewayPlan(services: Lab.services([site.upstream]))
      for number in 0..<3 {
        plan.services.append(.init(name: "added\(number)", port: site.upstream.port, at: "added\(number).localhost", asks: false))
        try site.gateway.reload(plan)
        for _ in 0..<20 { #expect(try ask(site) == 200) }
      }
      finish.open()
      for stream in streams { #expect(latin1(try stream.restOfBody()) == "ended") }
    }
  }
}
