import Client
import Model
import Synchronization
import TestSupport
import Testing

@Suite("Streams")
struct StreamTests {
  let client = HTTPClient()

  @Test("Pieces arrive one by one, as the server sends them")
  func piecesApart() async throws {
    let read = Mutex(0)
    let server = try ScriptedServer { connection in
      _ = try connection.readHead()
      try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      for number in 1...3 {
        try connection.write("5\r\npart\(number)\r\n")
        // The next goes out only after this one was read at the other end.
        while read.withLock({ $0 }) < number { connection.pause(milliseconds: 1) }
      }
      try connection.write("0\r\nX-Trailer: left out\r\n\r\n")
    }
    let stream = try await client.stream(ClientRequest(host: "127.0.0.1", port: server.port, target: "/", timeouts: .stream))
    var pieces: [String] = []
    for try await piece in stream {
      pieces.append(String(decoding: piece, as: UTF8.self))
      read.withLock { $0 += 1 }
    }
    #expect(pieces == ["part1", "part2", "part3"])
    #expect(stream.head.field("X-Trailer") == nil)
  }

  @Test("A reader that is slow slows the server; what is held stays bounded")
  func backPressure() async throws {
    let written = Mutex(0)
    let block = [UInt8](repeating: 0x78, count: 64 * 1024)
    let server = try ScriptedServer { connection in
      _ = try connection.readHead()
      try connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(block.count * 1000)\r\n\r\n")
      for _ in 0..<1000 {
        try connection.write(block)
        written.withLock { $0 += block.count }
      }
    }
    let stream = try await client.stream(ClientRequest(host: "127.0.0.1", port: server.port, target: "/"))
    var iterator = stream.makeAsyncIterator()
    var count = try await iterator.next()?.count ?? 0
    // The server goes on until the system's own buffers are full, then stands still.
    let stuck = await settles { written.withLock { $0 } }
    #expect(stuck < 16 * 1024 * 1024, "64 MB were offered and nobody read")
    while let piece = try await iterator.next() { count += piece.count }
    #expect(count == block.count * 1000)
  }

  @Test("An answer past the limit is refused and its connection closed")
  func huge() async throws {
    let gone = Mutex(false)
    let server = try ScriptedServer { connection in
      _ = try connection.readHead()
      try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
      do {
        while true { try connection.write([UInt8](repeating: 0x78, count: 64 * 1024)) }
      } catch { gone.withLock { $0 = true } }
    }
    let request = ClientRequest(host: "127.0.0.1", port: server.port, target: "/")
    await #expect(throws: ClientError.tooLarge(limit: 1000)) { try await client.send(request, bodyLimit: 1000) }
    #expect(await waits { gone.withLock { $0 } })
  }

  @Test("A cancelled task closes the connection long before its end", arguments: ["before the head", "within the body"])
  func cancellation(moment: String) async throws {
    let asked = Mutex(false)
    let gone = Mutex<SuspendingClock.Instant?>(nil)
    let server = try ScriptedServer { connection in
      _ = try connection.readHead()
      if moment == "within the body" { try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab") }
      asked.withLock { $0 = true }
      if connection.clientIsGone(within: 10) { gone.withLock { $0 = .now } }
    }
    let task = Task { [client] in
      try await client.send(ClientRequest(host: "127.0.0.1", port: server.port, target: "/"))
    }
    #expect(await waits { asked.withLock { $0 } })
    let cancelled = SuspendingClock.now
    task.cancel()
    let result = await task.result
    #expect(throws: ClientError.cancelled) { try result.get() }
    #expect(await waits { gone.withLock { $0 != nil } })
    #expect(gone.withLock { cancelled.duration(to: $0 ?? .now) } < .seconds(8))
  }

  @Test("A dropped stream closes its connection, and a dropped client its streams do not")
  func dropped() async throws {
    let gone = Mutex<[Bool]>([])
    let server = try ScriptedServer { connection in
      _ = try connection.readHead()
      try connection.write("HTTP/1.1 200 OK\r\n\r\nab")
      let isGone = connection.clientIsGone(within: 10)
      gone.withLock { $0.append(isGone) }
    }
    var other: HTTPClient? = HTTPClient()
    var stream: ClientStream? = try await other?.stream(ClientRequest(host: "127.0.0.1", port: server.port, target: "/"))
    other = nil
    var iterator = stream?.makeAsyncIterator()
    #expect(try await iterator?.next() == Array("ab".utf8))
    (iterator, stream) = (nil, nil)
    #expect(await waits { gone.withLock { $0 } == [true] })
  }
}

/// Polls until the condition holds; false after ten seconds. Never blocks the thread, which others need.
func waits(_ condition: () -> Bool) async -> Bool {
  let deadline = SuspendingClock.now.advanced(by: .seconds(10))
  while !condition() {
    if SuspendingClock.now > deadline { return false }
    try? await Task.sleep(for: .milliseconds(2))
  }
  return true
}

/// The value once it has not changed for 300 milliseconds.
func settles(_ value: () -> Int) async -> Int {
  var (last, since) = (value(), SuspendingClock.now)
  while since.duration(to: .now) < .milliseconds(300) {
    try? await Task.sleep(for: .milliseconds(2))
    let now = value()
    if now != last { (last, since) = (now, .now) }
  }
  return last
}
