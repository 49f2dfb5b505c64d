import TestSupport
import Testing

@Suite("Who goes away is missed at once, and who is slow is waited for", .conformance)
struct DepartureTests {
  enum Way: String, CaseIterable { case close, reset }

  private func leave(_ client: RawConnection, _ way: Way) {
    if way == .reset { client.socket.reset() } else { client.socket.close() }
  }

  /// The promise is half a second. A busy machine may miss it now and then; a gateway that keeps it misses it not three times.
  private func expectSoon(_ attempt: () throws -> Double) throws {
    var times = [Double]()
    for _ in 0..<3 {
      times.append(try attempt())
      if times.last! < 0.5 { return }
    }
    Issue.record("the upstream heard of it after \(times) seconds")
  }

  @Test("An upstream that streams hears of its client's going within half a second", arguments: Way.allCases)
  func whileStreaming(way: Way) throws {
    try expectSoon {
      let gone = Gate("the upstream to be told")
      var taken = 0.0
      try withSite({ exchange in
        exchange.keep()
        try exchange.beginChunked()
        // Sends a little every now and then, as a model does, until the connection ends.
        while true {
          do {
            try exchange.chunk("token ")
            _ = try exchange.peerEnd(.seconds(0.02))
            break
          } catch WireError.timedOut { continue } catch { break }
        }
        gone.open()
      }) { site in
        let client = try site.connect()
        try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
        _ = try client.responseHead()
        _ = try client.bodyBytes(6)
        leave(client, way)
        taken = try secondsTaken { try gone.wait(.seconds(5)) }
      }
      return taken
    }
  }

  @Test("An upstream that says nothing for now hears of it within half a second", arguments: Way.allCases)
  func whileSilent(way: Way) throws {
    try expectSoon {
      let gone = Gate("the upstream to be told")
      var taken = 0.0
      try withSite({ exchange in
        exchange.keep()
        try exchange.beginChunked()
        try exchange.chunk("token ")
        try exchange.peerEnd()
        gone.open()
      }) { site in
        let client = try site.connect()
        try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
        _ = try client.responseHead()
        _ = try client.bodyBytes(6)
        leave(client, way)
        taken = try secondsTaken { try gone.wait(.seconds(5)) }
      }
      return taken
    }
  }

  @Test("An upstream that has not answered yet hears of it within half a second", arguments: Way.allCases, ["GET", "POST"])
  func whileWaiting(way: Way, method: String) throws {
    try expectSoon {
      let gone = Gate("the upstream to be told")
      var taken = 0.0
      try withSite({ exchange in
        exchange.keep()
        try exchange.finishReading()
        try exchange.peerEnd()
        gone.open()
      }) { site in
        let client = try site.connect()
        try client.send(site.fill(head("\(method) / HTTP/1.1", "Host: {open}", "Content-Length: 2")) + "hi")
        try site.upstream.complete(1)
        leave(client, way)
        taken = try secondsTaken { try gone.wait(.seconds(5)) }
      }
      return taken
    }
  }

  @Test("An upstream that reads a body hears of its sender's going within half a second", arguments: Way.allCases)
  func whileUploading(way: Way) throws {
    try expectSoon {
      var taken = 0.0
      try withSite { site in
        let client = try site.connect()
        try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: 1000")) + "hello")
        try site.upstream.body(of: 0, 5)
        leave(client, way)
        taken = try secondsTaken { try site.upstream.allEnded(.seconds(5)) }
        #expect(site.upstream.requests.allSatisfy { !$0.isComplete })
      }
      return taken
    }
  }

  @Test("An upstream's going in the middle of a body reaches the client within half a second", arguments: Way.allCases)
  func upstreamLeaves(way: Way) throws {
    try expectSoon {
      let seen = Gate("the client to see the beginning")
      var taken = 0.0
      try withSite({ exchange in
        try exchange.beginChunked()
        try exchange.chunk("hello")
        try seen.wait()
        if way == .reset { exchange.reset() } else { exchange.close() }
      }) { site in
        let client = try site.connect()
        try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
        _ = try client.responseHead()
        _ = try client.bodyBytes(5)
        seen.open()
        taken = secondsTaken { expectBreak { _ = try client.restOfBody(.seconds(5)) } }
      }
      return taken
    }
  }

  @Test("Clients that leave in droves leave nothing behind")
  func droves() throws {
    try withSite({ exchange in
      exchange.keep()
      try exchange.peerEnd()
    }) { site in
      for _ in 0..<30 {
        let client = try site.connect()
        try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
        client.socket.reset()
      }
      try site.upstream.allEnded(.seconds(5))
      try site.settle()
    }
  }
}

@Suite("Memory is bounded by back-pressure", .conformance)
struct BackPressureTests {
  private let total = 96 << 20
  /// The kernel's own buffers, up to some MiB a socket, come on top of the gateway's.
  private let bound = 32 << 20

  /// Waits until a number has stopped growing.
  private func settled(_ count: Monitor<Int>) throws -> Int {
    let deadline = Deadline.patient
    var last = count.value
    while count.wait(.seconds(0.7), { $0 != last ? $0 : nil }) != nil {
      last = count.value
      guard !deadline.isPast else { throw WireError.timedOut("the sender to be held back") }
    }
    return last
  }

  @Test("A client that does not read holds its upstream back, and gets everything in the end")
  func slowReader() throws {
    let sent = Monitor(0)
    try withSite({ [total] exchange in
      try exchange.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
      let piece = patterned(1 << 16)
      for _ in 0..<(total >> 16) {
        try exchange.send(piece, .seconds(60))
        sent.change { $0 += piece.count }
      }
    }) { site in
      let client = try site.connect(receiveBuffer: 1 << 16)
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      _ = try client.responseHead()
      #expect(try settled(sent) < bound)
      var count = 0
      while let piece = try client.bodyPiece() { count += piece.count }
      #expect(count == total)
      try client.send(site.fill(head("GET / HTTP/1.1", "Host: {open}")))
      #expect(try client.responseHead().status == 200)
    }
  }

  @Test("An upstream that does not read holds its client back, and gets everything in the end")
  func slowUpstream() throws {
    let read = Gate("the upstream's turn to read")
    let sent = Monitor(0)
    let count = Monitor(0)
    try withSite({ exchange in
      try read.wait(.seconds(60))
      while let piece = try exchange.discardedPiece() { count.change { $0 += piece } }
      try exchange.answer()
    }) { site in
      let client = try site.connect()
      try client.send(site.fill(head("POST / HTTP/1.1", "Host: {open}", "Content-Length: \(total)")))
      let (socket, pieces) = (client.socket, total >> 16)
      startThread {
        let piece = patterned(1 << 16)
        for _ in 0..<pieces {
          guard (try? socket.send(piece, .seconds(60))) != nil else { return }
          sent.change { $0 += piece.count }
        }
      }
      #expect(try settled(sent) < bound)
      read.open()
      #expect(try client.response(to: "POST", .seconds(60)).status == 200)
      #expect(count.value == total)
    }
  }
}
