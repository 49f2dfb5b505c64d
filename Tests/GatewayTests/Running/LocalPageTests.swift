import Gateway
import Model
import TestSupport
import Testing

@Suite("A page of Leanto's own")
struct LocalPageTests {
  private static func pages(_ handler: @escaping LocalHandler) -> @Sendable (inout GatewayConfiguration) -> Void {
    return { configuration in
      configuration.routes = [Route(service: "pages", target: .local)]
      configuration.handler = handler
    }
  }

  @Test("is told what was asked, with the body in one piece and without credentials")
  func request() async throws {
    let seen = Monitor<LocalRequest?>(nil)
    try await RunningGateway.with(
      Self.pages { request in
        seen.change { $0 = request }
        return LocalResponse(type: "text/plain", text: "page")
      }
    ) { running in
      let client = try running.connect()
      try client.send("POST /a/b?c=d HTTP/1.1\r\nHost: h:1\r\nAuthorization: Basic eDp5\r\nX-Real-IP: 9.9.9.9\r\n")
      try client.send("Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
      try client.send("1\r\nc\r\n0\r\nT: x\r\n\r\n")
      #expect(try client.response().text == "page")
      let request = try #require(seen.value)
      #expect(request.method == "POST" && request.path == "/a/b" && request.query == "c=d" && latin1(request.body) == "abc")
      #expect(request.field("authorization") == nil && request.field("X-Real-IP") == nil && request.client == "127.0.0.1")
      #expect(request.field("X-Forwarded-Host") == "h:1" && request.user == nil && request.listener == .local)
    }
  }

  @Test("that streams is held up by a client that does not read, and goes on when it does")
  func slowReader() async throws {
    let pieces = 512
    let sent = Monitor(0)
    let piece = [UInt8](repeating: 7, count: 64 * 1024)
    try await RunningGateway.with(
      Self.pages { _ in
        LocalResponse(
          status: 200, fields: [],
          body: .stream { writer in
            for _ in 0..<pieces {
              try await writer.write(piece)
              sent.change { $0 += 1 }
            }
          })
      }
    ) { running in
      let client = try running.connect(receiveBuffer: 64 * 1024)
      try client.send(get())
      _ = try client.responseHead()
      // Held up: no piece was taken for a while.
      var last = (count: -1, since: ContinuousClock.now)
      try await wait(for: "the writer to be held up") {
        if sent.value != last.count { last = (sent.value, .now) }
        return last.count > 0 && last.since.duration(to: .now) > .milliseconds(300)
      }
      #expect(sent.value < pieces / 2)
      #expect(try client.restOfBody().count == pieces * piece.count)
      #expect(sent.value == pieces)
    }
  }

  @Test("that writes from several tasks at once has all of it delivered, and every task goes on")
  func severalWriters() async throws {
    let piece = [UInt8](repeating: 7, count: 128 * 1024)
    try await RunningGateway.with(
      Self.pages { _ in
        LocalResponse(
          status: 200, fields: [],
          body: .stream { writer in
            try await withThrowingTaskGroup(of: Void.self) { group in
              for _ in 0..<8 {
                group.addTask { for _ in 0..<16 { try await writer.write(piece) } }
              }
              try await group.waitForAll()
            }
          })
      }
    ) { running in
      let client = try running.connect(receiveBuffer: 64 * 1024)
      try client.send(get())
      _ = try client.responseHead()
      #expect(try client.restOfBody().count == 8 * 16 * piece.count)
    }
  }

  @Test("cannot end its head, add to it, or frame its body by what it says")
  func fields() async throws {
    let fields: [(name: String, value: String)] = [
      ("X-A", "b\r\nSet-Cookie: evil"), ("X-B", "b\nc"), ("X-C: d\r\nX-E", "f"), ("X F", "g"), ("", "h"), ("X-G", "a\u{0}"),
      ("Content-Length", "0"), ("transfer-encoding", "chunked"), ("Connection", "upgrade"), ("X-Good", "yes, \u{e9}"),
    ]
    try await RunningGateway.with(Self.pages { _ in LocalResponse(status: 200, fields: fields, body: .bytes(octets("whole"))) }) {
      running in
      let response = try running.ask().response()
      #expect(response.text == "whole" && response["X-Good"] != nil && response["Content-Length"] == "5")
      #expect(response.head.fields.map(\.name).sorted() == ["Content-Length", "Date", "Server", "X-Good"])
    }
  }

  @Test("is cancelled when its client leaves, while it thinks and while it streams", arguments: [false, true], [false, true])
  func cancelled(isStreaming: Bool, resets: Bool) async throws {
    let (began, cancelled) = (Gate("the page to begin"), Gate("the page to be cancelled"))
    @Sendable func think() async throws {
      began.open()
      do { try await Task.sleep(for: .seconds(3600)) } catch {
        cancelled.open()
        throw error
      }
    }
    try await RunningGateway.with(
      Self.pages { _ in
        guard isStreaming else {
          try? await think()
          return LocalResponse(type: "text/plain", text: "too late")
        }
        return LocalResponse(
          status: 200, fields: [],
          body: .stream { writer in
            try await writer.write([1])
            try await think()
          })
      }
    ) { running in
      let client = try running.ask("/left")
      try began.wait()
      if resets { client.socket.reset() } else { client.socket.close() }
      try cancelled.wait()
      let records = try running.records(1)
      #expect(records.count == 1 && records[0].contains("\"status\":\(isStreaming ? 200 : 499)"))
      // The loop goes on.
      let next = try running.ask("/next")
      try next.socket.send([])
    }
  }

  @Test("that fails in its middle is broken off, not ended")
  func failing() async throws {
    struct Broken: Error {}
    try await RunningGateway.with(
      Self.pages { _ in
        LocalResponse(
          status: 200, fields: [],
          body: .stream { writer in
            try await writer.write([65])
            throw Broken()
          })
      }
    ) { running in
      let client = try running.ask()
      _ = try client.responseHead()
      #expect(try client.bodyBytes(1) == [65])
      #expect(throws: WireError.self) { try client.restOfBody() }
    }
  }
}

@Suite("A door that answers later")
struct PendingDoorTests {
  /// Holds every question until the test answers it.
  private final class SlowDoor: Sendable {
    private let questions = Monitor<[@Sendable (AccessDecision) -> Void]>([])

    var maker: DoorMaker {
      { [self] _, answer in
        Door(userNames: []) { [self] question, _, _, _, _ in
          let ticket = question.ticket
          questions.change { $0.append { answer(ticket, $0) } }
          return .pending
        }
      }
    }

    func answer(_ index: Int, _ decision: AccessDecision) throws {
      guard let answer = questions.wait(.patient, { $0.count > index ? $0[index] : nil }) else {
        throw WireError.timedOut("question \(index)")
      }
      answer(decision)
    }

    var asked: Int { questions.value.count }
  }

  private static let pass = AccessDecision.pass(user: nil, isOurs: false)

  @Test("lets a request wait and then pass, or not", arguments: [(pass, 200), (.challenge, 401), (.refuse, 403), (.busy, 503)])
  func resumed(decision: AccessDecision, status: Int) async throws {
    let door = SlowDoor()
    try await RunningGateway.with({ $0.makeDoor = door.maker }) { running in
      let client = try running.connect()
      try client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
      try door.answer(0, decision)
      try client.send("lo")
      #expect(try client.response(to: "POST").status == status)
      if status == 200 { #expect(try running.upstream.complete(1)[0].text == "hello") }
      #expect(try running.records(1).count == 1)
    }
  }

  @Test("is asked about pipelined requests one after the other, and their answers keep the order")
  func pipelined() async throws {
    let door = SlowDoor()
    try await RunningGateway.with({ $0.makeDoor = door.maker }, script: { try $0.answer(body: $0.request.target) }) { running in
      let client = try running.connect()
      try client.send(get("/first") + get("/second"))
      try door.answer(0, Self.pass)
      #expect(try client.response().text == "/first")
      #expect(door.asked <= 2)
      try door.answer(1, Self.pass)
      #expect(try client.response().text == "/second")
      #expect(door.asked == 2)
    }
  }

  @Test("answers nobody when the client left meanwhile, and the next client's request is not taken for that one")
  func left() async throws {
    let door = SlowDoor()
    try await RunningGateway.with({ $0.makeDoor = door.maker }) { running in
      let client = try running.ask("/left")
      try await wait(for: "the question") { door.asked == 1 }
      client.socket.reset()
      let records = try running.records(1)
      #expect(records[0].contains("\"status\":499") && records[0].contains("/left"))
      let next = try running.ask("/next")
      try await wait(for: "the question") { door.asked == 2 }
      try door.answer(0, Self.pass)
      try door.answer(0, .refuse)
      try door.answer(1, Self.pass)
      try door.answer(1, .refuse)
      #expect(try next.response().status == 200)
      #expect(running.upstream.requests.map(\.target) == ["/next"])
    }
  }

  @Test("answers a client that only finished sending")
  func halfClosed() async throws {
    let door = SlowDoor()
    try await RunningGateway.with({ $0.makeDoor = door.maker }) { running in
      let client = try running.ask()
      client.socket.endSending()
      try await wait(for: "the question") { door.asked == 1 }
      try door.answer(0, Self.pass)
      #expect(try client.response().text == "ok")
      #expect(try client.rest().bytes.isEmpty)
    }
  }
}
