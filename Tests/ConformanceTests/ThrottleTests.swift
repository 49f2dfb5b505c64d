import TestSupport
import Testing

/// Over the wire, by the address that the tunnel's agent names: each test has addresses of its own.
@Suite("Who guesses at passwords is kept out, and nobody else", .conformance, .serialized)
struct ThrottleTests {
  private struct Guarded {
    let gateway: any GatewayUnderTest
    let upstream: ScriptedUpstream

    /// Status and Retry-After of a request of `client`.
    func ask(
      _ client: String, _ authorization: String? = nil, path: String = "/", tunnel: Bool = true
    ) throws -> (status: Int, wait: Int?) {
      let socket = try RawConnection(port: tunnel ? gateway.ports.tunnel : gateway.ports.local)
      let credentials = authorization.map { "Authorization: \($0)\r\n" } ?? ""
      try socket.send(
        "GET \(path) HTTP/1.1\r\nHost: gated0.localhost\r\nX-Forwarded-For: \(client)\r\n\(credentials)Connection: close\r\n\r\n")
      let response = try socket.response()
      return (response.status, response["Retry-After"].flatMap { Int($0) })
    }

    func status(_ client: String, _ authorization: String? = nil, path: String = "/", tunnel: Bool = true) throws -> Int {
      try ask(client, authorization, path: path, tunnel: tunnel).status
    }

    func expect(
      _ status: Int, _ client: String, _ authorization: String? = nil, path: String = "/", tunnel: Bool = true,
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let answer = try ask(client, authorization, path: path, tunnel: tunnel)
      #expect(answer.status == status, sourceLocation: sourceLocation)
    }

    func expectWait(
      _ seconds: Int, _ client: String, _ authorization: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let answer = try ask(client, authorization)
      #expect(answer.wait == seconds, sourceLocation: sourceLocation)
    }
  }

  private func withGateway(_ throttle: String = "{ wrong: 5, within: 10m, ban: 10m }", _ body: (Guarded) throws -> Void) throws {
    let upstream = try ScriptedUpstream()
    var plan = GatewayPlan(services: Lab.services([upstream]))
    plan.throttle = throttle
    let gateway = try Engine.chosen.start(plan)
    upstream.start()
    defer {
      gateway.process.remove()
      upstream.stop()
    }
    try body(Guarded(gateway: gateway, upstream: upstream))
  }

  private static let right = "Basic YWRtaW46Y29ycmVjdC1ob3JzZQ=="
  /// admin:w0 to admin:w9
  private static let wrong = [
    "YWRtaW46dzA=", "YWRtaW46dzE=", "YWRtaW46dzI=", "YWRtaW46dzM=", "YWRtaW46dzQ=", "YWRtaW46dzU=", "YWRtaW46dzY=",
    "YWRtaW46dzc=",
    "YWRtaW46dzg=", "YWRtaW46dzk=",
  ].map { "Basic " + $0 }

  private func guess(_ gate: Guarded, _ client: String, _ count: Int = 5) throws {
    for number in 0..<count { try gate.expect(401, client, Self.wrong[number]) }
  }

  @Test("Five wrong passwords are told so; then ten minutes of 429 with Retry-After, for the right one too")
  func ban() throws {
    try withGateway { gate in
      try guess(gate, "203.0.113.1")
      for credentials in [Self.wrong[5], Self.right, nil, "Bearer x"] {
        let answer = try gate.ask("203.0.113.1", credentials)
        #expect(answer.status == 429 && (540...600).contains(answer.wait ?? 0))
      }
      try gate.expect(200, "203.0.113.2", Self.right)
      // A ban at the tunnel is for that address, and not for the agent's own.
      try gate.expect(200, "x", Self.right, tunnel: false)
      #expect(gate.upstream.requests.count == 2)
    }
  }

  @Test("Four wrong ones keep nobody out, and a right one between them takes nothing back")
  func four() throws {
    try withGateway { gate in
      try guess(gate, "203.0.113.1", 4)
      try gate.expect(200, "203.0.113.1", Self.right)
      try gate.expect(401, "203.0.113.1", Self.wrong[4])
      try gate.expect(429, "203.0.113.1", Self.right)
    }
  }

  @Test("What is no guess does not count: nothing, another scheme, what cannot be read, a caller's own on a public path")
  func uncounted() throws {
    try withGateway { gate in
      for number in 0..<8 {
        for credentials in [nil, "Bearer x\(number)", "Basic", "Basic !!!", "Basic \(number)"] {
          try gate.expect(401, "203.0.113.1", credentials)
        }
        try gate.expect(200, "203.0.113.1", Self.wrong[number], path: "/webhook/x")
      }
      try gate.expect(200, "203.0.113.1", Self.right)
    }
  }

  @Test("A banned address reaches public paths, and nothing else")
  func publicPath() throws {
    try withGateway { gate in
      try guess(gate, "203.0.113.1")
      try gate.expect(200, "203.0.113.1", path: "/webhook/x")
      try gate.expect(429, "203.0.113.1", path: "/webhook/../x")
      try gate.expect(200, "203.0.113.1", Self.right, path: "/hook")
    }
  }

  @Test("The address is the right-most; what a client writes before it makes nobody else of it")
  func rightMost() throws {
    try withGateway { gate in
      for number in 0..<5 {
        try gate.expect(401, "198.51.100.\(number), 203.0.113.1", Self.wrong[number])
      }
      try gate.expect(429, "198.51.100.9, 203.0.113.1", Self.right)
      try gate.expect(200, "203.0.113.1, 198.51.100.0", Self.right)
    }
  }

  @Test("On the local listener X-Forwarded-For is nobody's address")
  func local() throws {
    try withGateway { gate in
      for number in 0..<5 { try gate.expect(401, "203.0.113.\(number)", Self.wrong[number], tunnel: false) }
      try gate.expect(429, "203.0.113.99", Self.right, tunnel: false)
      try gate.expect(200, "203.0.113.99", Self.right)
    }
  }

  @Test("IPv6 counts by /64")
  func network() throws {
    try withGateway { gate in
      for number in 0..<5 { try gate.expect(401, "2001:db8:1:2:\(number)::1", Self.wrong[number]) }
      try gate.expect(429, "[2001:db8:1:2:ffff::9]", Self.right)
      try gate.expect(200, "2001:db8:1:3::1", Self.right)
    }
  }

  @Test("Forty guesses at once get five answers and no more")
  func burst() throws {
    try withGateway { gate in
      let (statuses, done) = (Monitor([Int]()), Monitor(0))
      for number in 0..<40 {
        startThread {
          let status = (try? gate.status("203.0.113.1", "Basic " + base64("admin:guess \(number)"))) ?? 0
          statuses.change { $0.append(status) }
          done.change { $0 += 1 }
        }
      }
      _ = done.wait(.patient) { $0 == 40 ? true : nil }
      #expect(statuses.value.count { $0 == 401 } <= 5)
      #expect(statuses.value.allSatisfy { [401, 429, 503].contains($0) })
      try gate.expect(429, "203.0.113.1", Self.right)
    }
  }

  @Test("Six equal requests at once, as a browser sends them, are one wrong password")
  func browser() throws {
    try withGateway { gate in
      let done = Monitor(0)
      for _ in 0..<6 {
        startThread {
          _ = try? gate.ask("203.0.113.1", Self.wrong[0])
          done.change { $0 += 1 }
        }
      }
      _ = done.wait(.patient) { $0 == 6 ? true : nil }
      try gate.expect(200, "203.0.113.1", Self.right)
    }
  }

  @Test("A ban ends after its time, and the next one is longer")
  func ends() throws {
    try withGateway("{ wrong: 2, within: 10m, ban: 1s }") { gate in
      func waitUntilFree() throws {
        let deadline = Deadline.patient
        while try gate.status("203.0.113.1", Self.right) == 429 { try #require(!deadline.isPast, "the ban does not end") }
      }
      try guess(gate, "203.0.113.1", 2)
      try gate.expectWait(1, "203.0.113.1", Self.right)
      try waitUntilFree()
      try guess(gate, "203.0.113.1", 2)
      try gate.expectWait(2, "203.0.113.1", Self.right)
      try waitUntilFree()
    }
  }

  @Test("Off, nobody is kept out")
  func off() throws {
    try withGateway("off") { gate in
      try guess(gate, "203.0.113.1", 10)
      try gate.expect(200, "203.0.113.1", Self.right)
    }
  }
}

private func base64(_ text: String) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  let bytes = octets(text)
  return stride(from: 0, to: bytes.count, by: 3).map { start in
    let group = bytes[start..<min(start + 3, bytes.count)]
    let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(bytes[start + $1]) : 0) }
    return (0..<4).map { $0 <= group.count ? String(alphabet[bits >> (18 - 6 * $0) & 63]) : "=" }.joined()
  }.joined()
}
