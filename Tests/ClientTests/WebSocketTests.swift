import Client
import Model
import Synchronization
import TestSupport
import Testing

@Suite("Websockets")
struct WebSocketTests {
  let client = HTTPClient()

  @Test("Texts and bytes of every size come back, over TCP and over a socket", arguments: [false, true])
  func echo(overSocket: Bool) async throws {
    let folder = try newSocketFolder()
    defer { removeFolder(folder) }
    let server = try ScriptedServer(unix: overSocket ? folder + "/s" : nil) { try echoes($0) }
    var request = ClientRequest(host: "127.0.0.1", port: server.port, target: "/ws")
    if overSocket { request = ClientRequest(at: .unix(path: folder + "/s"), target: "/ws") }
    let socket = try await WebSocket.open(request, with: client)
    for text in ["", "Hallo, Welt \u{1F44B}", String(repeating: "x", count: 65536)] {
      try await socket.send(text)
      #expect(try await socket.receive() == .text(text))
    }
    try await socket.send([0, 1, 2, 255])
    #expect(try await socket.receive() == .binary([0, 1, 2, 255]))
    await socket.close()
    await #expect(throws: WebSocketError.self) { try await socket.send("late") }
  }

  @Test("The opening carries the fields and a fresh key, and takes interim answers")
  func opening() async throws {
    let heads = Mutex<[String]>([])
    let server = try ScriptedServer { connection in
      let head = try connection.readHead()
      heads.withLock { $0.append(head) }
      try connection.write("HTTP/1.1 103 Early Hints\r\n\r\n")
      // The first frame comes in one piece with the head.
      try connection.write(Array(accepting(head).utf8) + WebSocketFrame(.text, Array("first".utf8)).encoded(mask: nil))
      _ = connection.clientIsGone(within: 5)
    }
    let fields = [("Host", "public.example"), ("Authorization", "Basic x"), ("Cookie", "a=b")]
    for _ in 0..<2 {
      let request = ClientRequest(host: "127.0.0.1", port: server.port, target: "/a/../ws?x=%20", fields: fields)
      let socket = try await WebSocket.open(request, with: client)
      #expect(try await socket.receive() == .text("first"))
    }
    let seen = heads.withLock { $0 }
    #expect(seen.allSatisfy { $0.hasPrefix("GET /a/../ws?x=%20 HTTP/1.1\r\n") && $0.contains("\r\nHost: public.example\r\n") })
    #expect(seen.allSatisfy { $0.contains("\r\nAuthorization: Basic x\r\nCookie: a=b\r\n") })
    #expect(Set(seen.map { key(in: $0) }).count == 2)
  }

  @Test("Fragments with a ping between them make one message, and the ping is answered")
  func fragments() async throws {
    let pongs = Mutex<[WebSocketFrame]>([])
    let server = try ScriptedServer { connection in
      try connection.write(accepting(connection.readHead()))
      for frame in [
        WebSocketFrame(.text, [0xE2, 0x82], isFinal: false), WebSocketFrame(.ping, [7]), WebSocketFrame(.continuation, [0xAC]),
      ] {
        for byte in frame.encoded(mask: nil) { try connection.write([byte]) }
      }
      let pong = try nextFrame(connection)
      pongs.withLock { $0.append(pong) }
    }
    let socket = try await open(server)
    #expect(try await socket.receive() == .text("\u{20AC}"))
    #expect(await waits { pongs.withLock { $0 } == [WebSocketFrame(.pong, [7])] })
  }

  @Test("A close is answered with its code and ends the messages")
  func closing() async throws {
    let answers = Mutex<[WebSocketFrame]>([])
    let server = try ScriptedServer { connection in
      try connection.write(accepting(connection.readHead()))
      try connection.write(WebSocketFrame(.close, [0x03, 0xE9] + Array("bye".utf8)).encoded(mask: nil))
      let answer = try nextFrame(connection)
      answers.withLock { $0.append(answer) }
    }
    let socket = try await open(server)
    #expect(try await socket.receive() == nil)
    #expect(await waits { answers.withLock { $0 } == [WebSocketFrame(.close, [0x03, 0xE9])] })
  }

  @Test("A refusal tells its status and fields")
  func refusal() async throws {
    let server = try ScriptedServer { connection in
      _ = try connection.readHead()
      try connection.write("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno")
    }
    guard case .refused(let head)? = await #expect(throws: WebSocketError.self, performing: { try await open(server) }) else {
      Issue.record("another error")
      return
    }
    #expect(head.status == 401 && head.field("WWW-Authenticate") == "Basic")
  }

  @Test(
    "An opening that is answered wrongly is refused",
    arguments: [
      ("Sec-WebSocket-Accept: ", "Sec-WebSocket-Accept: A"), ("Upgrade: websocket", "Upgrade: h2c"),
      ("Connection: Upgrade", "Connection: close"), ("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
      ("\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\n\r\n"),
    ])
  func wrongOpening(right: String, wrong: String) async throws {
    let server = try ScriptedServer { connection in
      try connection.write(replacing(right, with: wrong, in: accepting(connection.readHead())))
      _ = connection.clientIsGone(within: 5)
    }
    guard case .badHandshake? = await #expect(throws: WebSocketError.self, performing: { try await open(server) }) else {
      Issue.record("another error")
      return
    }
  }

  @Test(
    "What breaks the rules of messages ends the websocket",
    arguments: [
      [WebSocketFrame(.continuation, [1])], [WebSocketFrame(.text, [1], isFinal: false), WebSocketFrame(.text, [1])],
      [WebSocketFrame(.text, [0xFF])], [WebSocketFrame(.close, [3])], [WebSocketFrame(.close, [0x03, 0xED])],
      [WebSocketFrame(.close, [0x03, 0xE8, 0xFF])],
      Array(repeating: WebSocketFrame(.binary, [UInt8](repeating: 0, count: 40000), isFinal: false), count: 1)
        + [WebSocketFrame(.continuation, [UInt8](repeating: 0, count: 40000))], [],
    ])
  func brokenMessages(frames: [WebSocketFrame]) async throws {
    let server = try ScriptedServer { connection in
      try connection.write(accepting(connection.readHead()))
      for frame in frames { try connection.write(frame.encoded(mask: nil)) }
      if !frames.isEmpty { _ = connection.clientIsGone(within: 5) }
    }
    let socket = try await open(server)
    await #expect(throws: WebSocketError.self) { try await socket.receive() }
    await #expect(throws: WebSocketError.self) { try await socket.send("more") }
  }

  @Test("Cancelling a receive closes the connection long before its end")
  func cancellation() async throws {
    let gone = Mutex<SuspendingClock.Instant?>(nil)
    let server = try ScriptedServer { connection in
      try connection.write(accepting(connection.readHead()))
      if connection.clientIsGone(within: 10) { gone.withLock { $0 = .now } }
    }
    let socket = try await open(server)
    let task = Task { try await socket.receive() }
    let cancelled = SuspendingClock.now
    task.cancel()
    let result = await task.result
    #expect(throws: WebSocketError.self) { try result.get() }
    #expect(await waits { gone.withLock { $0 != nil } })
    #expect(gone.withLock { cancelled.duration(to: $0 ?? .now) } < .seconds(8))
  }

  @Test("The limit on the whole holds for a websocket that stays silent")
  func timeout() async throws {
    let server = try ScriptedServer { connection in
      try connection.write(accepting(connection.readHead()))
      _ = connection.clientIsGone(within: 5)
    }
    let error = await #expect(throws: WebSocketError.self) {
      // On a busy machine the opening may take as long already.
      try await open(server, total: .milliseconds(200)).receive()
    }
    guard case .connection(.timedOut(.total, _, _))? = error
    else {
      Issue.record("another error")
      return
    }
  }

  private func open(_ server: ScriptedServer, total: Duration = .seconds(10)) async throws -> WebSocket {
    let timeouts = ClientTimeouts(total: total)
    return try await WebSocket.open(
      ClientRequest(host: "127.0.0.1", port: server.port, target: "/", timeouts: timeouts), with: client)
  }
}

private func echoes(_ connection: ScriptedConnection) throws {
  try connection.write(accepting(connection.readHead()))
  while true {
    let frame = try nextFrame(connection)
    try connection.write(frame.encoded(mask: nil))
    if frame.opcode == .close { return }
  }
}

/// One frame from a client, which must be masked.
private func nextFrame(_ connection: ScriptedConnection) throws -> WebSocketFrame {
  var decoder = FrameDecoder(expectsMask: true, limit: 1 << 20)
  while true {
    decoder.push(try connection.read(1))
    if let frame = try decoder.next() { return frame }
  }
}

private func key(in head: String) -> String {
  let line = head.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Sec-WebSocket-Key: ") }
  return String(line?.dropFirst(19) ?? "")
}

private func accepting(_ head: String) -> String {
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    + "Sec-WebSocket-Accept: \(WebSocketHandshake.accept(for: key(in: head)))\r\n\r\n"
}

private func replacing(_ old: String, with new: String, in text: String) -> String {
  let (bytes, old, new) = (Array(text.utf8), Array(old.utf8), Array(new.utf8))
  guard let range = bytes.firstRange(of: old) else { return text }
  return String(decoding: bytes[..<range.lowerBound] + new + bytes[range.upperBound...], as: UTF8.self)
}
