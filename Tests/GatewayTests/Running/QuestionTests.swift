import Gateway
import Model
import TestSupport
import Testing

/// The tests speak as Caddy does, over the engine's socket.
@Suite("What another engine is told")
struct QuestionTests {
  private func question(_ target: String, _ fields: [String] = [], ask: String = "decide", listener: String = "local") -> String {
    ([
      "GET /leanto-question HTTP/1.1", "Host: a", "X-Leanto-Ask: \(ask)", "X-Leanto-Listener: \(listener)",
      "X-Leanto-Target: \(target)",
    ]
      + (fields.contains { $0.hasPrefix("X-Leanto-Method") } ? [] : ["X-Leanto-Method: GET"])
      + ["X-Leanto-Peer: 192.0.2.7"] + fields + ["", ""]).joined(separator: "\r\n")
  }

  /// A gateway that is asked, with a service below /app/ and a page; `door` decides.
  private func asked(
    _ door: @escaping DoorMaker = RunningGateway.openDoor,
    _ body: @Sendable @escaping (RunningGateway, RawConnection) throws -> Void
  ) async throws {
    let folder = try newSocketFolder()
    defer { removeFolder(folder) }
    try await RunningGateway.with { configuration in
      configuration.listeners = [Listener(kind: .engine, address: .unix(path: folder + "/engine.sock"))]
      let service = configuration.routes[0].target
      configuration.routes = [
        Route(
          service: "app", prefix: "/app/", stripsPrefix: true, target: service, withheldCookies: ["other"],
          upgradePaths: ["/app/push"], ownLocations: ["/app/webhook/"]),
        Route(service: "leanto", prefix: "/leanto/", target: .local),
      ]
      configuration.makeDoor = door
    } _: { running in
      try body(running, try RawConnection(path: folder + "/engine.sock"))
    }
  }

  @Test("Where the request goes, what is taken off its path, and who its client is")
  func pass() async throws {
    try await asked { running, engine in
      try engine.send(question("/app/a%2Fb?x"))
      let answer = try engine.response()
      #expect(answer.status == 200 && answer["X-Leanto-Pass"] == "service")
      #expect(answer["X-Leanto-Upstream"] == "127.0.0.1:\(running.upstream.port)")
      #expect(answer["X-Leanto-Strip"] == "1" && answer["X-Leanto-Prefix"] == "/app" && answer["X-Leanto-Service"] == "app")
      #expect(answer["X-Leanto-Client"] == "192.0.2.7" && answer["X-Leanto-Proto"] == "http")
      #expect(answer["X-Leanto-Upgrade"] == nil && answer["X-Leanto-Cookies"] == nil)
    }
  }

  @Test("Below a prefix whose answers are somebody's own, Location is left alone")
  func ownLocation() async throws {
    try await asked { _, engine in
      try engine.send(question("/app/webhook/x"))
      #expect(try engine.response()["X-Leanto-Prefix"] == nil)
    }
  }

  @Test("On the tunnel's listener the client is whom the agent names")
  func tunnel() async throws {
    try await asked { _, engine in
      try engine.send(
        question("/app/", ["X-Forwarded-For: 6.6.6.6, 203.0.113.9", "X-Forwarded-Proto: https"], listener: "tunnel"))
      let answer = try engine.response()
      #expect(answer["X-Leanto-Client"] == "203.0.113.9" && answer["X-Leanto-Proto"] == "https")
    }
  }

  @Test("What a service must not see is named: others' cookies, the door's own credentials")
  func withheld() async throws {
    let door: DoorMaker = { _, _ in
      Door(userNames: [Array("ann".utf8)]) { _, _, _, _, _ in .pass(user: 0, isOurs: true, setCookie: Array("s=1".utf8)) }
    }
    try await asked(door) { _, engine in
      try engine.send(question("/app/", ["Cookie: a=1; other=2; leanto-session=3", "X-API-Key: leanto_abc"]))
      let answer = try engine.response()
      #expect(answer["X-Leanto-Cookies"] == "changed" && answer["X-Leanto-Cookie"] == "a=1")
      #expect(answer["X-Leanto-Drop-Authorization"] == "yes" && answer["X-Leanto-Drop-Key"] == "yes")
      #expect(answer["X-Leanto-User"] == "ann" && answer["X-Leanto-Set-Cookie"] == "s=1")
    }
  }

  @Test("Where no cookie is left, that is said")
  func noCookies() async throws {
    try await asked { _, engine in
      try engine.send(question("/app/", ["Cookie: other=2"]))
      let answer = try engine.response()
      #expect(answer["X-Leanto-Cookies"] == "none" && answer["X-Leanto-Cookie"] == nil)
    }
  }

  @Test("A page of Leanto's own is named as one, and then answered with the request's own method and body")
  func page() async throws {
    try await asked { running, engine in
      try engine.send(question("/leanto/x"))
      #expect(try engine.response()["X-Leanto-Pass"] == "page")
      try engine.send(question("/leanto/x", ask: "page"))
      #expect(try engine.response().text == "page")
      #expect(try running.records(1).first?.contains(#""request":"GET /leanto/x""#) == true)
    }
  }

  @Test(
    "No is what the client gets, recorded under its name; the connection goes on",
    arguments: [(AccessDecision.challenge, 401), (.refuse, 403), (.signIn, 302), (.wait(seconds: 7), 429), (.busy, 503)])
  func refused(decision: AccessDecision, status: Int) async throws {
    let door: DoorMaker = { _, _ in Door(userNames: []) { _, _, _, _, _ in decision } }
    try await asked(door) { running, engine in
      for _ in 1...2 {
        try engine.send(question("/app/secret?token=1", ["X-Leanto-Method: HEAD"]))
        let answer = try engine.response()
        #expect(answer.status == status && answer["X-Leanto-Pass"] == nil)
      }
      let record = try #require(running.records(2).first)
      #expect(record.contains(#""listener":"local","client":"192.0.2.7","service":"app","request":"HEAD /app/secret?...""#))
    }
  }

  @Test("What passes is recorded by whoever forwards it")
  func recordedOnce() async throws {
    try await asked { running, engine in
      try engine.send(question("/app/"))
      _ = try engine.response()
      try engine.send(question("/nothing"))
      #expect(try engine.response().status == 404)
      #expect(try running.records(1).count == 1)
      #expect(running.recorded.first?.contains("/nothing") == true)
    }
  }

  @Test("Only the paths that may upgrade do", arguments: [("/app/push", 200), ("/app/other", 403)])
  func upgrades(target: String, status: Int) async throws {
    try await asked { _, engine in
      try engine.send(question(target, ["Connection: Upgrade", "Upgrade: websocket"]))
      let answer = try engine.response()
      #expect(answer.status == status && answer["X-Leanto-Upgrade"] == (status == 200 ? "yes" : nil))
    }
  }

  @Test("A body that is too long is refused by what was announced")
  func length() async throws {
    try await asked { _, engine in
      try engine.send(question("/app/", ["X-Leanto-Method: POST", "X-Leanto-Length: 999999999999"]))
      #expect(try engine.response().status == 413)
    }
  }

  @Test("An answer at a status is Leanto's own, and no record", arguments: [502, 504, 413])
  func ownAnswer(status: Int) async throws {
    try await asked { running, engine in
      try engine.send(question("/app/", ask: "\(status)"))
      #expect(try engine.response().status == status)
      #expect(running.recorded.isEmpty)
    }
  }

  @Test(
    "What is no question gets no decision",
    arguments: [
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX-Leanto-Ask: decide\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX-Leanto-Ask: decide\r\nX-Leanto-Listener: control\r\nX-Leanto-Method: GET\r\nX-Leanto-Target: /\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX-Leanto-Ask: 200\r\nX-Leanto-Listener: local\r\nX-Leanto-Method: GET\r\nX-Leanto-Target: /\r\n\r\n",
    ])
  func unreadable(text: String) async throws {
    try await asked { _, engine in
      try engine.send(text)
      #expect(try engine.response().status == 400)
    }
  }
}
