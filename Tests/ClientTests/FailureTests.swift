import Client
import Model
import TestSupport
import Testing

@Suite("Failures")
struct FailureTests {
  let client = HTTPClient()

  @Test("A port on which nothing listens is refused, and the words say so")
  func refused() async throws {
    let deaf = try DeafPort()
    let port = deaf.port
    let error = await failure(ClientRequest(host: "127.0.0.1", port: port, target: "/secret?token=abc"))
    #expect(error == .refused(by: "127.0.0.1:\(port)"))
    #expect("\(error!)" == "Nothing listens at 127.0.0.1:\(port): the connection was refused.")
  }

  @Test("A name without an address is told by name")
  func unresolved() async throws {
    let error = await failure(ClientRequest(host: "no-such-host.invalid", port: 80, target: "/"))
    #expect(error == .couldNotResolve(host: "no-such-host.invalid"))
  }

  @Test("A socket that is not there is told with the system's reason", arguments: [20, 150])
  func noSocket(length: Int) async throws {
    let path = "/tmp/" + String(repeating: "n", count: length)
    let error = await failure(ClientRequest(at: .unix(path: path), target: "/"))
    #expect(error == .unreachable("unix:\(path)", reason: "No such file or directory"))
  }

  @Test(
    "Answers that break off, or are none, are told apart",
    arguments: [
      ("", Broken.closed), ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", .closed),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", .closed), ("HTTP/1.1 200 OK\r\nX: y", .closed),
      ("SSH-2.0-OpenSSH_9.2\r\n", .notHTTP), ("HTTP/1.1 abc\r\n\r\n", .notHTTP),
    ])
  func broken(sent: String, kind: Broken) async throws {
    let server = try ScriptedServer { connection in
      _ = try connection.readHead()
      try connection.write(sent)
    }
    let place = "127.0.0.1:\(server.port)"
    let error = await failure(ClientRequest(host: "127.0.0.1", port: server.port, target: "/"))
    #expect(error == (kind == .closed ? .closedEarly(by: place) : .notHTTP(from: place)))
  }

  enum Broken { case closed, notHTTP }

  @Test("A reset within the answer is an early end", arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"])
  func reset(sent: String) async throws {
    let server = try ScriptedServer { connection in
      _ = try connection.readHead()
      try connection.write(sent)
      connection.reset()
    }
    let error = await failure(ClientRequest(host: "127.0.0.1", port: server.port, target: "/"))
    #expect(error == .closedEarly(by: "127.0.0.1:\(server.port)"))
  }

  @Test("A head without end is cut off")
  func endlessHead() async throws {
    let server = try ScriptedServer { connection in
      _ = try connection.readHead()
      try connection.write("HTTP/1.1 200 OK\r\n")
      for number in 0... { try connection.write("X-\(number): \(String(repeating: "x", count: 1000))\r\n") }
    }
    let error = await failure(ClientRequest(host: "127.0.0.1", port: server.port, target: "/"))
    #expect(error == .tooLarge(limit: 256 * 1024))
  }

  @Test("A silent server meets the limit on the whole, and the server sees the end", arguments: ["total", "idle"])
  func silence(kind: String) async throws {
    let server = try ScriptedServer { connection in
      _ = try connection.readHead()
      _ = connection.clientIsGone(within: 10)
    }
    let limit = Duration.milliseconds(150)
    var timeouts = ClientTimeouts(total: limit)
    if kind == "idle" { timeouts = ClientTimeouts(total: nil, idle: limit) }
    let request = ClientRequest(host: "127.0.0.1", port: server.port, target: "/", timeouts: timeouts)
    let started = SuspendingClock.now
    let error = await failure(request)
    #expect(error == .timedOut(kind == "idle" ? .idle : .total, limit: limit, at: "127.0.0.1:\(server.port)"))
    #expect(started.duration(to: .now) >= limit)
  }

  @Test("Bytes that keep coming are not silence")
  func slowButAlive() async throws {
    let server = try ScriptedServer { connection in
      _ = try connection.readHead()
      try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
      for _ in 0..<10 {
        try connection.write("x")
        connection.pause(milliseconds: 60)
      }
    }
    let timeouts = ClientTimeouts(total: nil, idle: .milliseconds(500))
    let answer = try await client.send(ClientRequest(host: "127.0.0.1", port: server.port, target: "/", timeouts: timeouts))
    #expect(answer.body.count == 10)
  }

  @Test(
    "What cannot be sent is refused in words, without the value that is wrong",
    arguments: [
      ("GET X", "/", "a", "b"), ("", "/", "a", "b"), ("GET", "", "a", "b"), ("GET", "/a b", "a", "b"),
      ("GET", "/\r\nX: y", "a", "b"), ("GET", "/", "a b", "b"), ("GET", "/", "Authorization", "hunter2\r\nX: y"),
      ("GET", "/", "a", "b\0c"),
    ])
  func invalid(method: String, target: String, name: String, value: String) async {
    let error = await failure(ClientRequest(method, host: "127.0.0.1", port: 1, target: target, fields: [(name, value)]))
    guard case .invalidRequest(let reason)? = error else {
      Issue.record("sent: \(String(describing: error))")
      return
    }
    #expect(!reason.contains("hunter2"))
  }

  @Test(
    "Addresses are read",
    arguments: [
      ("http://a", "a", 80, "/"), ("HTTPS://a.example:8443/x/../y?q#f", "a.example", 8443, "/x/../y?q"),
      ("http://[::1]:11434?x", "::1", 11434, "/?x"), ("http://a:/", "a", 80, "/"), ("https://a#x", "a", 443, "/"),
    ])
  func address(url: String, host: String, port: UInt16, target: String) throws {
    let request = try ClientRequest(url: url)
    #expect(request.host == host && request.port == port && request.target == target)
  }

  @Test(
    "Addresses that are none are refused, and a password in one is not repeated",
    arguments: [
      "", "a", "ftp://a/", "http://", "http:///x", "http://a:b/", "http://a:99999/", "http://u:hunter2@a/", "http://[::1/",
    ])
  func noAddress(url: String) {
    let error = #expect(throws: ClientError.self) { try ClientRequest(url: url) }
    #expect(error.map { !"\($0)".contains("hunter2") } == true)
  }

  private func failure(_ request: ClientRequest) async -> ClientError? {
    do throws(ClientError) {
      _ = try await client.send(request)
      return nil
    } catch {
      return error
    }
  }
}
