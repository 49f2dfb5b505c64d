import Model
import TestSupport
import Testing
import Transport

@Suite("The transport")
struct TransportTests {
  @Test("accepts a connection and says who it is from")
  func accept() throws {
    let loop = try LoopDriver()
    let port = try loop.listen(number: 7)
    let client = try WireSocket.connect(port: port)
    let (id, number, high, low) = try loop.expect("a connection") { event in
      if case .accepted(let id, let number, let high, let low) = event { (id, number, high, low) } else { nil }
    }
    #expect(number == 7 && high == 0 && low == 0xFFFF_7F00_0001)
    #expect(loop.isOpen(id) && loop.connectionCount == 1)
    try client.send([1, 2, 3])
    #expect(try loop.bytes(id, 3) == [1, 2, 3])
    loop.write(id, [4, 5])
    #expect(try client.receive() == [4, 5])
    loop.close(id)
    #expect(try client.receive().isEmpty && loop.connectionCount == 0)
  }

  @Test("connects, and sends what was written meanwhile")
  func connect() throws {
    let upstream = try ScriptedUpstream()
    upstream.start()
    defer { upstream.stop() }
    let loop = try LoopDriver()
    let id = try #require(try loop.connect(address(upstream.port)))
    loop.write(id, octets("GET /one HTTP/1.1\r\nHost: a\r\n\r\n"))
    try loop.expect("a connection") { if case .connected(id) = $0 { true } else { nil as Bool? } }
    try upstream.complete(1)
    #expect(latin1(try loop.bytes(id, 10)).hasPrefix("HTTP/1.1 200 OK"))
    loop.close(id)
  }

  @Test("says that a connection was refused")
  func refused() throws {
    let deaf = try DeafPort()
    let loop = try LoopDriver()
    // The kernel may say so at once or a moment later.
    if let id = try loop.connect(address(deaf.port)) {
      try loop.failed(id)
      loop.close(id)
    }
    #expect(loop.connectionCount == 0)
  }

  @Test("tells an end from a failure, and can still send after the peer's end")
  func halfClose() throws {
    let (loop, client, id) = try pair()
    client.endSending()
    try loop.readable(id)
    var buffer = [UInt8](repeating: 0, count: 16)
    guard case .end = loop.read(id, into: &buffer, at: 0) else { return fail("not an end") }
    loop.pause(id)
    loop.write(id, octets("answer"))
    loop.finishWriting(id)
    #expect(latin1(try client.receive()) == "answer")
    #expect(try client.receive().isEmpty)
    loop.close(id)
  }

  @Test("reads behind what the buffer already holds, and not beyond its end")
  func offsets() throws {
    let (loop, client, id) = try pair()
    try client.send(octets("abcdef"))
    try loop.readable(id)
    var buffer = octets("12345")
    guard case .bytes(3) = loop.read(id, into: &buffer, at: 2) else { return fail("not three bytes") }
    #expect(latin1(buffer) == "12abc")
    guard case .bytes(3) = loop.read(id, into: &buffer, at: 0) else { return fail("not three bytes") }
    guard case .wouldBlock = loop.read(id, into: &buffer, at: 0) else { return fail("there is more") }
    loop.close(id)
    guard case .failed = loop.read(id, into: &buffer, at: 0) else { return fail("a closed connection reads") }
  }

  @Test("fails a connection that its peer reset")
  func reset() throws {
    let (loop, client, id) = try pair()
    client.reset()
    try loop.failed(id)
    loop.close(id)
  }

  @Test("fails a paused connection that its peer reset, and does not spin on it")
  func resetWhilePaused() throws {
    let (loop, client, id) = try pair()
    loop.pause(id)
    client.reset()
    try loop.failed(id)
    loop.close(id)
    #expect(loop.quiet().isEmpty)
  }

  @Test("writes nothing and traps on nothing once a connection is closed")
  func closedIsInert() throws {
    let (loop, client, id) = try pair()
    loop.close(id)
    loop.write(id, [1])
    loop.pause(id)
    loop.resume(id)
    loop.finishWriting(id)
    loop.close(id)
    #expect(loop.pending(id) == 0 && !loop.isPaused(id) && !loop.isOpen(id))
    #expect(try client.receive().isEmpty)
  }

  @Test("never takes an old name for a later connection in its place")
  func staleNames() throws {
    let loop = try LoopDriver()
    let port = try loop.listen()
    var names: [ConnectionID] = []
    for round in 0..<20 {
      let client = try WireSocket.connect(port: port)
      let id = try loop.accepted()
      #expect(id.index == 0 && !names.contains(id))
      for old in names {
        loop.write(old, [99])
        loop.close(old)
      }
      loop.write(id, [UInt8(round)])
      #expect(try client.receive() == [UInt8(round)])
      loop.close(id)
      names.append(id)
    }
  }

  @Test("drops an event of a connection that was closed in the same batch, though its place was taken again")
  func staleEvents() throws {
    let loop = try LoopDriver()
    let port = try loop.listen()
    let clients = try (0..<20).map { _ in try WireSocket.connect(port: port) }
    let ids = try clients.map { _ in try loop.accepted() }
    for client in clients { try client.send([1]) }
    // More arrive; closing all at the first event frees every place.
    let late = try (0..<20).map { _ in try WireSocket.connect(port: port) }
    var closed = false
    var fresh = Set<ConnectionID>()
    let deadline = Deadline.patient
    while fresh.count < late.count, !deadline.isPast {
      loop.wait(milliseconds: 20)
      while let event = loop.next() {
        switch event {
        case .accepted(let id, _, _, _): fresh.insert(id)
        case .readable(let id):
          #expect(!closed || fresh.contains(id))
          if !closed { for id in ids { loop.close(id) } }
          closed = true
        default: break
        }
      }
    }
    #expect(closed && fresh.count == late.count && fresh.allSatisfy { loop.isOpen($0) })
    for id in fresh { loop.close(id) }
  }

  @Test("brings events of 300 connections, more than one wait can hold")
  func manyEvents() throws {
    let loop = try LoopDriver()
    let port = try loop.listen()
    let clients = try (0..<300).map { _ in try WireSocket.connect(port: port) }
    let ids = try clients.map { _ in try loop.accepted() }
    for client in clients { try client.send([1]) }
    var seen = Set<ConnectionID>()
    var buffer = [UInt8](repeating: 0, count: 16)
    let deadline = Deadline.patient
    while seen.count < 300, !deadline.isPast {
      loop.wait(milliseconds: 20)
      while let event = loop.next() {
        guard case .readable(let id) = event else { continue }
        seen.insert(id)
        _ = loop.read(id, into: &buffer, at: 0)
      }
    }
    #expect(seen == Set(ids) && loop.connectionCount == 300)
    for id in ids { loop.close(id) }
    #expect(loop.connectionCount == 0)
  }

  @Test("is woken from another thread, once for many signals")
  func wakeup() throws {
    let loop = try LoopDriver()
    let wakeup = loop.wakeup
    startThread { for _ in 0..<100 { wakeup.signal() } }
    try loop.expect("a wake-up") { if case .awoken = $0 { true } else { nil as Bool? } }
    _ = loop.quiet()
    for _ in 0..<100 { wakeup.signal() }
    #expect(loop.quiet().count == 1)
  }
}

@Suite("Back-pressure")
struct BackPressureTests {
  @Test("queues what the kernel does not take, tells when all is sent, and sends it in order")
  func queue() throws {
    let (loop, client, id) = try pair()
    let total = 24 * 1024 * 1024
    let piece = (0..<1024 * 1024).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for _ in 0..<24 { loop.write(id, piece) }
    #expect(loop.pending(id) > 0)
    // An end that is asked for now comes after the bytes.
    loop.finishWriting(id)
    let reader = Monitor<(count: Int, isRight: Bool, isOver: Bool)>((0, true, false))
    startThread {
      var count = 0
      var isRight = true
      while let bytes = try? client.receive(256 * 1024), !bytes.isEmpty {
        for (offset, byte) in bytes.enumerated() where offset % 97 == 0 {
          if byte != UInt8(truncatingIfNeeded: (count + offset) % (1024 * 1024) &* 31) { isRight = false }
        }
        count += bytes.count
      }
      reader.change { $0 = (count, isRight, true) }
    }
    try loop.expect("drained") { if case .drained(id) = $0 { true } else { nil as Bool? } }
    #expect(loop.pending(id) == 0)
    let result = reader.wait(.patient) { $0.isOver ? $0 : nil }
    #expect(result?.count == total && result?.isRight == true)
    loop.close(id)
  }

  @Test("leaves a paused peer's bytes with the kernel, and brings them when it resumes")
  func pause() throws {
    let (loop, client, id) = try pair()
    loop.pause(id)
    loop.pause(id)
    #expect(loop.isPaused(id))
    try client.send([1, 2, 3])
    #expect(loop.quiet(100).isEmpty)
    loop.resume(id)
    #expect(try loop.bytes(id, 3) == [1, 2, 3] && !loop.isPaused(id))
    loop.close(id)
  }

  @Test("a paused peer that sent and left is read to its end")
  func leftWhilePaused() throws {
    let (loop, client, id) = try pair()
    loop.pause(id)
    try client.send([1, 2, 3])
    client.close()
    #expect(loop.quiet(100).isEmpty)
    loop.resume(id)
    #expect(try loop.bytes(id, 3) == [1, 2, 3])
    try loop.readable(id)
    var buffer = [UInt8](repeating: 0, count: 16)
    guard case .end = loop.read(id, into: &buffer, at: 0) else { return fail("not an end") }
    loop.close(id)
  }

  @Test("a close with bytes that wait can reset, so that the peer sees a broken message")
  func closeResets() throws {
    let (loop, client, id) = try pair()
    loop.write(id, octets("part"))
    #expect(latin1(try client.receive()) == "part")
    loop.close(id, resets: true)
    #expect(throws: WireError.reset) { try client.receive() }
  }
}

@Suite("Listening")
struct ListeningTests {
  @Test("refuses a port that is taken, by whomever")
  func taken() throws {
    let first = try ListeningSocket.open(.tcp(host: "127.0.0.1", port: 0), count: 2)
    defer { for socket in first { socket.close() } }
    #expect(first.count == 2 && first[0].port == first[1].port && first[0].port > 0)
    let error = #expect(throws: SystemError.self) {
      try ListeningSocket.open(.tcp(host: "127.0.0.1", port: first[0].port), count: 1)
    }
    #expect(error?.isAddressInUse == true)
  }

  @Test("refuses an address that is not this machine's, and a name that nobody knows")
  func unavailable() {
    #expect(throws: SystemError.self) { try ListeningSocket.open(.tcp(host: "203.0.113.9", port: 0), count: 1) }
    #expect(throws: SystemError.self) { try ListeningSocket.open(.tcp(host: "no-such-name.invalid", port: 0), count: 1) }
  }

  @Test("ends, and is refused from then on")
  func stop() throws {
    let loop = try LoopDriver()
    let port = try loop.listen(number: 3)
    loop.stopListening(number: 3)
    loop.stopListening(number: 3)
    #expect(throws: WireError.self) { try WireSocket.connect(port: port) }
  }

  @Test(
    "reaches unix sockets with short and long paths, and takes the place of one that nobody listens at", arguments: [0, 120, 230])
  func unix(length: Int) throws {
    let folder = try newSocketFolder()
    defer { removeFolder(folder) }
    let deep = length == 0 ? folder : folder + "/" + String(repeating: "d", count: length)
    if length > 0 { try newFolder(deep) }
    let path = deep + "/socket"
    for _ in 0..<2 {
      let loop = try LoopDriver()
      _ = try loop.listen(.unix(path: path))
      let error = #expect(throws: SystemError.self) { try ListeningSocket.open(.unix(path: path), count: 1) }
      #expect(error?.isAddressInUse == true)
      // Whoever asked whether the place is taken.
      loop.close(try loop.accepted())
      let id = try #require(loop.connect(UpstreamAddress.resolving(.unix(path: path))[0]))
      let server = try loop.expect("a connection") { event -> ConnectionID? in
        guard case .accepted(let server, _, let high, let low) = event else { return nil }
        #expect(high == 0 && low == 0)
        return server
      }
      loop.write(id, [5])
      #expect(try loop.bytes(server, 1) == [5])
      loop.close(id)
      loop.close(server)
      loop.stopListening(number: 0)
    }
  }

  @Test("has no way to a unix socket that is not there")
  func missing() throws {
    let loop = try LoopDriver()
    #expect(loop.connect(UpstreamAddress.resolving(.unix(path: "/tmp/leanto-no-such-socket"))[0]) == nil)
  }
}

@Suite("Resolving")
struct ResolvingTests {
  @Test(
    "leaves numbers as they are and knows this machine",
    arguments: [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("10.1.2.3", "10.1.2.3")])
  func numeric(host: String, found: String) { #expect(resolve(host) == [found]) }

  @Test("finds nothing under a name that cannot be", arguments: ["no-such-name.invalid", "", "a b", "1.2.3.4.5"])
  func unknown(host: String) { #expect(resolve(host).isEmpty) }
}

/// A loop with one accepted connection, and the client at its other end.
private func pair() throws -> (LoopDriver, WireSocket, ConnectionID) {
  let loop = try LoopDriver()
  let port = try loop.listen()
  let client = try WireSocket.connect(port: port)
  let id = try loop.accepted()
  return (loop, client, id)
}

private func address(_ port: UInt16) throws -> UpstreamAddress {
  try #require(UpstreamAddress.resolving(.tcp(host: "127.0.0.1", port: port)).first)
}
