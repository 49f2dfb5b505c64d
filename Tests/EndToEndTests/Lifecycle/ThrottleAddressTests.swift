import Model
import TestSupport
import Testing

extension LifecycleTests {
  @Suite("Whom a wrong password counts for")
  struct ThrottleAddress {
    /// Senders of three wrong passwords each, as the tunnel's agent tells them, one more sender, and whether that one is locked out.
    static let senders: [(name: String, guesses: [String], other: String, isBanned: Bool)] = [
      ("the same address", ["203.0.113.1", "203.0.113.1", "203.0.113.1"], "203.0.113.1", true),
      ("another address", ["203.0.113.2", "203.0.113.2", "203.0.113.2"], "203.0.113.3", false),
      (
        "what stands before it is the client's own word", ["1.1.1.1, 203.0.113.4", "2.2.2.2, 203.0.113.4", "203.0.113.4"],
        "203.0.113.4", true
      ),
      (
        "nobody is locked out by being named",
        ["203.0.113.5, 203.0.113.6", "203.0.113.5, 203.0.113.6", "203.0.113.5, 203.0.113.6"], "203.0.113.5", false
      ),
      ("one network of 64 bits", ["2001:db8:1:1::1", "2001:db8:1:1:ffff::2", "2001:db8:1:1:0:1:2:3"], "2001:db8:1:1::9", true),
      ("another network of 64 bits", ["2001:db8:1:2::1", "2001:db8:1:2::1", "2001:db8:1:2::1"], "2001:db8:1:3::1", false),
      ("an IPv4 address in IPv6 clothes", ["203.0.113.7", "::ffff:203.0.113.7", "203.0.113.7"], "::ffff:203.0.113.7", true),
    ]

    @Test("is the right-most address that the agent tells, of IPv6 its network; nothing else keeps anybody out")
    func addresses() async throws {
      let access = "{ throttle: { wrong: 3, within: 10m, ban: 10m }, session: off, sign-in: basic }"
      try await withServing(access: access) { (stack) async throws in
        for (name, guesses, other, isBanned) in Self.senders {
          for (number, guess) in guesses.enumerated() {
            #expect(try Self.status(stack, guess, "ada:wrong \(number)") == 401, "\(name)")
          }
          #expect(try Self.status(stack, other, stack.credentials) == (isBanned ? 429 : 200), "\(name)")
        }
        // What is no guess, as often as one likes, and public paths of somebody who is locked out.
        for _ in 0..<10 { #expect(try Self.status(stack, "203.0.113.50", nil) == 401) }
        for field in ["Authorization: Bearer x", "Authorization: Basic !", "Authorization: Basic eA=="] {
          for _ in 0..<4 { #expect(try Self.status(stack, "203.0.113.50", nil, field) == 401) }
        }
        #expect(try Self.status(stack, "203.0.113.50", stack.credentials) == 200)
        #expect(try Self.status(stack, "203.0.113.1", nil, path: "/hello/open/") == 200)
        // On this machine's own listener the field is nobody's word.
        for number in 0..<3 {
          #expect(try Self.status(stack, "198.51.100.\(number)", "ada:wrong \(number)", on: stack.local) == 401)
        }
        #expect(try Self.status(stack, "198.51.100.99", stack.credentials, on: stack.local) == 429)
        #expect(try await stack.leanto("status").output.contains("locked out after wrong passwords"))
      }
    }

    @Test("fails closed without the counters of before: one wrong password locks out, right ones pass")
    func store() async throws {
      let access = "{ throttle: { wrong: 3, within: 10m, ban: 10m }, session: off, sign-in: basic }"
      try await withServing(access: access) { (stack) async throws in
        #expect(try Self.status(stack, "203.0.113.1", "ada:wrong") == 401)
        try await restart(stack, keeping: "leanto throttle 1\ngarbage\n")
        #expect(try Self.status(stack, "203.0.113.2", stack.credentials) == 200)
        #expect(try Self.status(stack, "203.0.113.3", "ada:wrong") == 401)
        #expect(try Self.status(stack, "203.0.113.3", stack.credentials) == 429)
      }
    }

    @Test("looks at no more passwords than make a ban, however many come at once")
    func burst() async throws {
      let access = "{ throttle: { wrong: 3, within: 10m, ban: 10m }, session: off, sign-in: basic }"
      try await withServing(access: access) { (stack) async throws in
        let clients = try (0..<40).map { number in
          let client = try RawConnection(port: UInt16(stack.tunnel))
          try client.send(Self.request("203.0.113.1", "ada:wrong \(number)", nil, "/leanto/whoami"))
          return client
        }
        let statuses = try clients.map { try $0.response(to: "GET", .seconds(60)).status }
        #expect(statuses.count { $0 == 401 } == 3 && statuses.count { $0 == 429 } == 37, "\(statuses)")
      }
    }

    private static func status(
      _ stack: TemporaryStack, _ client: String, _ credentials: String?, _ field: String? = nil, path: String = "/leanto/whoami",
      on port: Int? = nil
    ) throws -> Int {
      let connection = try RawConnection(port: UInt16(port ?? stack.tunnel))
      try connection.send(request(client, credentials, field, path))
      return try connection.response(to: "GET", .seconds(60)).status
    }

    private static func request(_ client: String, _ credentials: String?, _ field: String?, _ path: String) -> String {
      let authorization = credentials.map { "Authorization: \(basicAuthorization($0))" } ?? field
      let fields = ["Host: lean.example", "X-Forwarded-For: \(client)", "Connection: close"] + (authorization.map { [$0] } ?? [])
      return "GET \(path) HTTP/1.1\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
    }
  }
}

/// `user:password` as a client sends it.
func basicAuthorization(_ text: String) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  let bytes = Array(text.utf8)
  let groups = stride(from: 0, to: bytes.count, by: 3).map { start -> String in
    let group = bytes[start..<min(start + 3, bytes.count)]
    let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
    let characters = [18, 12, 6, 0].map { alphabet[bits >> $0 & 63] }
    return String(characters.prefix(group.count + 1)) + String(repeating: "=", count: 3 - group.count)
  }
  return "Basic " + groups.joined()
}
