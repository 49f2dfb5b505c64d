import Gateway
import Model
import Synchronization
import TestSupport
import Testing

@Suite("A gateway's loops under full queues, drains and changes of settings")
struct GatewayLoopTests {
  /// Every request is for a page, and `door` decides about it.
  private func configuration(_ door: @escaping DoorMaker) -> GatewayConfiguration {
    GatewayConfiguration(
      listeners: [Listener(kind: .local, address: .tcp(host: "127.0.0.1", port: 0))],
      routes: [Route(service: "pages", target: .local)], makeDoor: door, answers: [:],
      handler: { _ in LocalResponse(type: "text/plain", text: "page") })
  }

  private let openDoor: DoorMaker = { _, _ in Door(userNames: []) { _, _, _, _, _ in .pass(user: nil, isOurs: false) } }

  private func connect(_ gateway: Gateway) throws -> RawConnection {
    guard case .tcp(_, let port)? = gateway.listeners.first?.address else { throw WireError.ended("listening") }
    return try RawConnection(port: port)
  }

  private func ask(_ client: RawConnection) throws { try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") }

  @Test("When more pages are asked for than may wait, the next one gets 503 and not silence")
  func crowdedPages() async throws {
    try await withTaskExecutorPreference(BlockingExecutor.shared) {
      let gateway = Gateway(workers: 1) { _ in }
      try gateway.apply(configuration(openDoor))
      // Nobody runs the pages: the answers that come are of those for which no place was left.
      for _ in 0..<1100 { try ask(try connect(gateway)) }
      let client = try connect(gateway)
      try ask(client)
      let answer = try client.response()
      #expect(answer.status == 503)
      #expect(answer["Retry-After"] == "1")
      gateway.stop()
      await gateway.drain()
    }
  }

  @Test("A drain ends when a page that began before it does, though its client would stay")
  func drainAfterPage() async throws {
    try await withTaskExecutorPreference(BlockingExecutor.shared) {
      let gateway = Gateway(workers: 1) { _ in }
      let (began, draining) = (Gate("the page to begin"), Gate("the drain to begin"))
      var settings = configuration(openDoor)
      settings.handler = { _ in
        let stream = LocalResponse.Body.stream { writer in
          try await writer.write([97])
          began.open()
          try draining.wait()
          try await writer.write([98])
        }
        return LocalResponse(status: 200, fields: [], body: stream)
      }
      try gateway.apply(settings)
      async let pages: Void = gateway.run()
      let client = try connect(gateway)
      try ask(client)
      try began.wait()
      async let drained: Void = gateway.drain()
      // Draining has begun when nobody is let in any more.
      while (try? connect(gateway)) != nil {}
      draining.open()
      let start = ContinuousClock.now
      await drained
      #expect(ContinuousClock.now - start < .seconds(25), "the drain time is 30 s")
      #expect(try client.response().text == "ab")
      await pages
    }
  }

  @Test("What a door says after another took its place is not believed: the request is asked about anew")
  func reloadWhileParked() async throws {
    try await withTaskExecutorPreference(BlockingExecutor.shared) {
      let gateway = Gateway(workers: 1) { _ in }
      let asked = Gate("the door to be asked")
      let tickets = Mutex<[@Sendable () -> Void]>([])
      try gateway.apply(
        configuration { _, answer in
          Door(userNames: []) { question, _, _, _, _ in
            let ticket = question.ticket
            tickets.withLock { $0.append { answer(ticket, .pass(user: nil, isOurs: false)) } }
            asked.open()
            return .pending
          }
        })
      async let pages: Void = gateway.run()
      let client = try connect(gateway)
      try ask(client)
      try asked.wait()
      try gateway.apply(configuration { _, _ in Door(userNames: []) { _, _, _, _, _ in .challenge } })
      for late in tickets.withLock({ $0 }) { late() }
      #expect(try client.response().status == 401)
      gateway.stop()
      await gateway.drain()
      await pages
    }
  }
}
